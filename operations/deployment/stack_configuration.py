"""What each stack of a twin is told, and how its secrets get there without ever standing in an argument list."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operations.deployment.engine_process import EngineCommand
from operations.deployment.enrolment import enrol
from operations.deployment.project import Project
from operations.ephemeral.lease import rfc3339
from operations.territories import ChosenTerritory
from operations.worlds.world import VCenterAccess, World
from operations.yaml_files import read_mapping, write_mapping
from stacks.layers import LAYERS, LayerStack, joined, stack_name
from territory import edge

NAMESPACE = "metropole"
LAYER_KEY = f"{NAMESPACE}:layer"
PART_KEY = f"{NAMESPACE}:part"
HOSTS_DEADLINE_S = 3600
"""For all hosts of a territory together: those of a twin share the processors of one machine."""
ADOPTION_KEYS = {f"{NAMESPACE}:existing", f"{NAMESPACE}:existingCloud"}


@dataclass(frozen=True)
class StackConfiguration:
    """One stack's configuration, plain and secret values apart; keys carry their namespace."""

    stack: str
    plain: Mapping[str, Any]
    secret: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"StackConfiguration(stack={self.stack!r}, plain={dict(self.plain)!r}, secret={sorted(self.secret)!r})"

    def offline(self) -> dict[str, Any]:
        """Every key in one mapping, secrets marked, as the offline plan takes it."""
        return {**self.plain, **{key: {"secure": value} for key, value in self.secret.items()}}


def twin_configuration(territory: ChosenTerritory, stack: LayerStack, world: World) -> StackConfiguration:
    """The configuration of one stack on a twin: of vCenters and clouds, what its layer has resources in."""
    layer = LAYERS[stack.layer]
    plain: dict[str, Any] = {
        "pulumi:disable-default-providers": ["*"],
        f"{NAMESPACE}:territory": territory.reference,
        **layer_and_part(stack),
        **_environment(territory),
    }
    secret: dict[str, Any] = {}
    if layer.hosts:
        plain[f"{NAMESPACE}:automation"] = {
            "sshConfig": str(world.automation.ssh_config),
            "evidenceDirectory": str(world.automation.evidence),
            "journalAuthority": str(world.automation.journal_authority),
            "deadlineSeconds": HOSTS_DEADLINE_S,
        }
    else:
        plain[f"{NAMESPACE}:authorizedKeys"] = [world.automation.public_key]
    if layer.vcenters:
        vcenters = world.vcenters
        plain[f"{NAMESPACE}:vcenters"] = {name: _vcenter(access) for name, access in vcenters.items()}
        secret[f"{NAMESPACE}:vcenterPasswords"] = {name: access.password for name, access in vcenters.items()}
        secret[f"{NAMESPACE}:hostPasswords"] = {name: access.host_password for name, access in vcenters.items()}
    if layer.clouds:
        plain[f"{NAMESPACE}:cloud"] = {
            region: {"accountId": access.account_id, "endpoint": access.endpoint}
            for region, access in world.clouds.items()
        }
        secret[f"{NAMESPACE}:cloudKeys"] = {
            region: {"accessKeyId": access.access_key_id, "secretAccessKey": access.secret_access_key}
            for region, access in world.clouds.items()
        }
    if stack.layer == "edge" and stack.part is not None:
        sites = edge.sites_of_sector(territory.model, stack.part)
        plain[f"{NAMESPACE}:signingRequests"] = str(enrol(territory.model, sites))
    return StackConfiguration(stack.name, plain, secret)


def _vcenter(access: VCenterAccess) -> dict[str, Any]:
    return {
        "server": access.server,
        "user": access.user,
        "allowUnverifiedSsl": True,
        "instanceUuid": access.instance_uuid,
    }


def _environment(territory: ChosenTerritory) -> dict[str, str]:
    if territory.lease is None:
        return {f"{NAMESPACE}:environment": "rehearsal"}
    return {f"{NAMESPACE}:environment": "ephemeral", f"{NAMESPACE}:expires": rfc3339(territory.lease.expires)}


def layer_and_part(stack: LayerStack) -> dict[str, str]:
    """What tells a stack's program which one it is."""
    keys = {LAYER_KEY: stack.layer}
    return keys if stack.part is None else {**keys, PART_KEY: stack.part}


def deployed_stacks(project: Project, territory: str) -> tuple[LayerStack, ...]:
    """The stacks of a territory that exist, in their order, parts that it has lost since included."""
    found: list[tuple[str, str | None]] = []
    for file in sorted(project.state_file("*").parent.glob(f"{territory}-*.json")):
        config: Mapping[str, Any] = read_mapping(project.configuration_file(file.stem)).get("config", {})
        layer: str = config.get(LAYER_KEY, "")
        part: str | None = config.get(PART_KEY)
        # Another territory's name may begin with this one's.
        if layer in LAYERS and stack_name(territory, layer, part) == file.stem:
            found.append((layer, part))
    return joined(territory, found)


def apply_configuration(project: Project, command: EngineCommand, wanted: StackConfiguration) -> None:
    """Make the stack exist and its configuration file say what is wanted; keys set by hand beside ours are kept."""
    file = project.configuration_file(wanted.stack)
    document = read_mapping(file)
    found: dict[str, Any] = document.get("config", {})
    if any(found.get(key) != value for key, value in wanted.plain.items()):
        write_mapping(file, {**document, "config": {**found, **wanted.plain}}, mode=0o600)
    if not project.state_file(wanted.stack).exists():
        command.run(["stack", "init", wanted.stack, "--no-select"], str(project.directory), {})
    _apply_secrets(project, command, wanted)


def _apply_secrets(project: Project, command: EngineCommand, wanted: StackConfiguration) -> None:
    """Encrypt what changed since the last time, which a fingerprint tells without decrypting."""
    record = project.configuration / f".{wanted.stack}.fingerprints"
    known = read_mapping(record)
    document = read_mapping(project.configuration_file(wanted.stack))
    salt = f"{document.get('encryptionsalt')}{project.passphrase.read_text(encoding='utf-8')}"
    stored: dict[str, Any] = document.get("config", {})
    for key, value in wanted.secret.items():
        text = json.dumps(value, sort_keys=True)
        fingerprint = hashlib.sha256(f"{salt}{text}".encode()).hexdigest()
        if key in stored and known.get(key) == fingerprint:
            continue
        arguments = ["config", "set", key, "--secret", "--stack", wanted.stack]
        command.run_with_input(arguments, str(project.directory), {}, standard_input=text)
        known[key] = fingerprint
        write_mapping(record, known, mode=0o600)


def adopting_stacks(project: Project, stacks: Iterable[str]) -> list[str]:
    """The stacks that were told of objects which stood there before: those stay when everything of ours is gone."""
    return [
        stack
        for stack in stacks
        if ADOPTION_KEYS & read_mapping(project.configuration_file(stack)).get("config", {}).keys()
    ]
