"""The inventory as Ansible reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from operations.paths import CHECKOUT
from territory.hosts import hosts
from territory.inventory import host_groups, host_variables
from territory.loader import load_territory

PLAYBOOKS = CHECKOUT / "playbooks"
SOURCE = PLAYBOOKS / "inventory/territory.metropole.yml"


def ansible(source: Path, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "METROPOLE_"))}
    told = {"ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"), "ANSIBLE_HOME": str(home), "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [Path(sys.executable).parent / "ansible-inventory", "-i", source, "--list"],
        cwd=home,  # from anywhere
        env={**kept, **told, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def plain(value: Any) -> Any:
    """Without the mark of text that is not to be read as a template."""
    if isinstance(value, dict):
        return (
            value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else {k: plain(v) for k, v in value.items()}
        )
    return [plain(each) for each in value] if isinstance(value, list) else value


def listed(source: Path, home: Path, **environment: str) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """The variables of each host, and the hosts of each group."""
    done = ansible(source, home, **environment)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    found = json.loads(done.stdout)
    groups = {name: set(group["hosts"]) for name, group in found.items() if "hosts" in group}
    return plain(found["_meta"]["hostvars"]), groups


@pytest.mark.parametrize("name", ["sandbox", "bordeaux"])
def test_it_is_what_the_territory_says(name: str, tmp_path: Path) -> None:
    variables, groups = listed(SOURCE, tmp_path, METROPOLE_TERRITORY=name)
    territory = load_territory(name)
    declared = hosts(territory)
    assert variables == {host.name: host_variables(territory, host) for host in declared}
    named = {group for host in declared for group in host_groups(host)}
    assert groups == {group: {host.name for host in declared if group in host_groups(host)} for group in named}


def test_the_way_is_an_ssh_configuration_whatever_its_path(tmp_path: Path) -> None:
    path = tmp_path / "it's {{ here }}; $(reboot)"
    variables, _ = listed(SOURCE, tmp_path, METROPOLE_TERRITORY="sandbox", METROPOLE_SSH_CONFIG=str(path))
    quoted = str(path).replace("'", "'\"'\"'")
    assert {told["ansible_ssh_common_args"] for told in variables.values()} == {f"-F '{quoted}'"}


def test_a_source_may_name_both(tmp_path: Path) -> None:
    source = tmp_path / "mine.metropole.yml"
    source.write_text("plugin: metropole\nterritory: sandbox\nssh_config: ssh/config\n", encoding="utf-8")
    variables, _ = listed(source, tmp_path)
    assert variables["lac-bastion"]["ansible_ssh_common_args"] == f"-F {tmp_path}/ssh/config"


def test_an_unknown_territory_is_told_with_the_nearest(tmp_path: Path) -> None:
    done = ansible(SOURCE, tmp_path, METROPOLE_TERRITORY="sandbux")
    assert done.returncode != 0
    assert 'there is no territory "sandbux"' in done.stderr
    assert "remedy:   Name sandbox." in done.stderr


def test_no_territory_is_no_guess(tmp_path: Path) -> None:
    done = ansible(SOURCE, tmp_path)
    assert done.returncode != 0
    assert "Required config 'territory' for 'metropole' inventory plugin not provided" in done.stderr


def test_what_is_wrong_with_a_territory_is_told_with_file_and_line(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "territory.yaml").write_text("name: broken\ntitel: Broken\n", encoding="utf-8")
    done = ansible(SOURCE, tmp_path, METROPOLE_TERRITORY=str(folder))
    assert done.returncode != 0
    assert "broken/territory.yaml:2: " in done.stderr
    assert "nearest:  title" in done.stderr


def test_a_file_of_another_name_is_not_ours(tmp_path: Path) -> None:
    source = tmp_path / "other.yml"
    source.write_text("plugin: metropole\nterritory: sandbox\n", encoding="utf-8")
    assert ansible(source, tmp_path).returncode != 0
