"""Copies of the checkout in which something is broken, and the engine on a twin with such a copy's program."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from stacks.guard import SOCKET_VARIABLE
from tests.twin.operations.metro import CHECKOUT, TIMEOUT_S, Metro

PACKAGES = ("territory", "components", "stacks", "planning", "policies", "providers", "operations", "twin")
BEING_WRITTEN = shutil.ignore_patterns("*.pyc.*")
"""Of a file compiled at this moment by another process; what is compiled already saves the copy's processes that."""
RULES = "components/cloud/security_groups.py"
PEER = "None if rule.peer_is_group else rule.peer,"


@dataclass(frozen=True)
class Break:
    """One text in one file of the checkout, and what stands there instead."""

    name: str
    file: str
    before: str
    after: str
    rule: str
    remedy: str
    """Part of what the doors have to say."""
    stack: str = "sandbox-cloud"
    """Where it would come into the world."""


OPEN_SSH = Break(
    "ssh open to everybody",
    RULES,
    PEER,
    'None if rule.peer_is_group else "0.0.0.0/0",',
    "NET-001",
    "remedy: Let in the bastions' addresses alone",
)
LATE_OPEN_SSH = Break(
    "ssh open to everybody, as only the engine learns",
    RULES,
    PEER,
    'None if rule.peer_is_group else self.group_ids[group].apply(lambda _: "0.0.0.0/0"),',
    "NET-001",
    "remedy: Let in the bastions' addresses alone",
)
PUBLIC_BUCKET = Break(
    "a bucket that may be public",
    "components/cloud/locked_bucket.py",
    "block_public_policy=True",
    "block_public_policy=False",
    "NET-011",
    "remedy: Declare a BucketPublicAccessBlock",
)
PLAIN_VOLUME = Break(
    "a volume that is not encrypted",
    "components/cloud/public_hosts.py",
    "encrypted=True, kms_key_id=args.key_arn, ",
    "encrypted=False, ",
    "CRYPTO-002",
    "remedy: Set encrypted to true",
)
LASTING_KEY = Break(
    "a key that never turns",
    "components/cloud/keys.py",
    "            enable_key_rotation=True,\n            rotation_period_in_days=ROTATION_DAYS,\n",
    "            enable_key_rotation=False,\n",
    "CRYPTO-001",
    "remedy: Set enableKeyRotation to true",
)
ROUTERS_TOGETHER = Break(
    "both routers on one host",
    "components/datacenters/interconnect.py",
    "            virtual_machine_ids=[self.router_ids[router.id] for router in routers],\n            mandatory=True,",
    "            virtual_machine_ids=[self.router_ids[router.id] for router in routers],\n            mandatory=False,",
    "PLACE-102",
    "remedy: Plan one ComputeClusterVmAntiAffinityRule a site",
    stack="sandbox-network",
)
ONE_PATH = Break(
    "all circuits on one path",
    "components/datacenters/interconnect.py",
    "            uplink=link.path,",
    "            uplink=self._args.territory.circuits[0].path,",
    "NET-101",
    "remedy: Give each circuit a port group at both ends",
    stack="sandbox-network",
)
ALMIGHTY_ROLE = Break(
    "a role that may do everything",
    "components/cloud/role_policies.py",
    '["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],\n'
    '            [log_group_arn, f"{log_group_arn}:*"],',
    '["*"],\n            ["*"],',
    "IAM-001",
    "remedy: Name under Action what is needed",
)
ALMIGHTY_GATEWAY = Break(
    "a gateway that may say everything",
    "components/edge/policies.py",
    '["iot:Publish"], said',
    '["iot:*"], ["*"]',
    "EDGE-001",
    "remedy: Name iot:Connect, iot:Publish",
    stack="sandbox-events",
)
NO_BACKUP = Break(
    "no backup of what holds data",
    "components/edge/event_hub.py",
    "point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True)",
    "point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=False)",
    "BACKUP-101",
    "remedy: Tag the store for the backup plan",
    stack="sandbox-events",
)
NO_LOG = Break(
    "logging switched off",
    "components/cloud/account.py",
    "enable_logging=True",
    "enable_logging=False",
    "LOG-001",
    "remedy: Set enableLogging",
    stack="sandbox-account",
)
BREAKS = (
    OPEN_SSH,
    PUBLIC_BUCKET,
    PLAIN_VOLUME,
    LASTING_KEY,
    ROUTERS_TOGETHER,
    ONE_PATH,
    ALMIGHTY_ROLE,
    ALMIGHTY_GATEWAY,
    NO_BACKUP,
    NO_LOG,
)
CRASHING_RULE = Break(
    "a rule that crashes",
    "policies/rules/net_001.py",
    '    yield from ports_open_to_everybody(resource, ADMINISTRATIVE_PORTS, "an administrative port")',
    "    yield from ports_open_to_everybody(resource, ADMINISTRATIVE_PORTS[: 1 // 0], 'an administrative port')",
    "NET-001",
    "the rule itself failed: ZeroDivisionError",
)


@dataclass(frozen=True)
class BrokenCheckout:
    """The copy, and the twin its programs are run on."""

    folder: Path
    metro: Metro
    stack: str

    @classmethod
    def make(cls, folder: Path, metro: Metro, *breaks: Break, guarded: bool = True) -> BrokenCheckout:
        """Copy the checkout and break it in one stack; without its guard, a program is one nobody taught the gate."""
        (stack,) = {broken.stack for broken in breaks}
        for package in PACKAGES:
            shutil.copytree(CHECKOUT / package, folder / package, ignore=BEING_WRITTEN)
        for file in ("requirements.lock", "pyproject.toml"):
            shutil.copy(CHECKOUT / file, folder / file)
        (folder / ".venv").symlink_to(sys.prefix)
        changed = [(broken.file, broken.before, broken.after) for broken in breaks]
        if not guarded:
            changed.append(("stacks/program.py", "        gate()\n", ""))
        for name, before, after in changed:
            text = (folder / name).read_text()
            assert before in text, f"{name} is not what it was when this was broken"
            (folder / name).write_text(text.replace(before, after))
        return cls(folder, metro, stack)

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plain `pulumi`, with the copy's program."""
        return self._run(["pulumi", *arguments, "--stack", self.stack, "--color", "never"])

    def gate(self) -> subprocess.CompletedProcess[str]:
        """The copy's own `metro gate`."""
        return self._run([sys.executable, "-P", "-m", "operations", "gate", "-t", "sandbox", "--no-checkov"])

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        path = f"{self.metro.project.shim.parent}{os.pathsep}{os.environ['PATH']}"
        environment = self.metro.environment({"PATH": path, "PYTHONPATH": str(self.folder)})
        return subprocess.run(
            command,
            cwd=self.folder,
            env={name: value for name, value in environment.items() if name != SOCKET_VARIABLE},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
