"""A Pulumi program: the hosts that `hosts.json` names, each with its machine and its variables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from components.hosts.automation import Automation, AutomationArgs
from components.hosts.host_baseline import HostBaseline, HostBaselineArgs
from playbooks.digest import playbook_digest
from territory.hosts import HardeningLevel, HostRole

wanted: dict[str, Any] = json.loads(Path("hosts.json").read_text(encoding="utf-8"))
automation = Automation(
    "automation",
    AutomationArgs(wanted["sshConfig"], wanted["evidenceDirectory"], {"bootSeconds": 1, "deadlineSeconds": 120}),
)
for host, machine in wanted["machines"].items():
    HostBaseline(
        host,
        HostBaselineArgs(
            automation=automation,
            host=host,
            machine_id=machine,
            role=HostRole.SERVICE,
            level=HardeningLevel.ENHANCED,
            groups=["role_service"],
            variables={"host_level": wanted["level"], "firewall_openings": [{"port": None}]},
            playbook_digest=playbook_digest(Path(wanted["playbooks"])),
        ),
    )
