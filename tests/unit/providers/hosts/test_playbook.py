"""What the provider takes for granted of the playbook it runs."""

from __future__ import annotations

from typing import Any

import yaml

from playbooks.digest import PLAYBOOKS
from providers.hosts.runs import PLAYBOOK

ENDS_OTHERS = {"any_errors_fatal", "max_fail_percentage", "serial", "run_once"}


def test_no_host_ends_the_run_of_another() -> None:
    """What is left undone because of somebody else has no failure of its own: it would be taken for done."""
    plays: list[dict[str, Any]] = yaml.safe_load((PLAYBOOKS / PLAYBOOK).read_text(encoding="utf-8"))
    assert plays
    for play in plays:
        assert not ENDS_OTHERS & play.keys()
        assert play["hosts"] == "all"
    for file in (PLAYBOOKS / "roles").rglob("*.yml"):
        assert not [word for word in ENDS_OTHERS if f"{word}:" in file.read_text(encoding="utf-8")], file
