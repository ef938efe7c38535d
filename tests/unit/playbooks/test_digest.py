"""A digest that follows what is applied, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from playbooks.digest import PLAYBOOKS, playbook_digest


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    place = tmp_path / "playbooks"
    for name in ("harden.yml", "ansible.cfg", "action_plugins", "roles", "image.yml"):
        source = PLAYBOOKS / name
        if source.is_dir():
            shutil.copytree(source, place / name)
        else:
            place.mkdir(exist_ok=True)
            shutil.copyfile(source, place / name)
    return place


def test_equal_files_have_equal_digests_wherever_they_are(copy: Path) -> None:
    assert playbook_digest(copy) == playbook_digest()
    (copy / "roles" / "ssh" / "__pycache__").mkdir()
    (copy / "roles" / "ssh" / "__pycache__" / "filter.pyc").touch()
    (copy / "image.yml").write_text("---\n", encoding="utf-8")
    assert playbook_digest(copy) == playbook_digest()


def test_whatever_decides_what_is_applied_counts(copy: Path) -> None:
    seen = {playbook_digest(copy)}
    for name in ("harden.yml", "ansible.cfg", "action_plugins/differences.py", "roles/ssh/tasks/host.yml"):
        file = copy / name
        file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        seen.add(playbook_digest(copy))
    (copy / "roles" / "ssh" / "tasks" / "more.yml").touch()
    seen.add(playbook_digest(copy))
    (copy / "roles" / "ssh" / "tasks" / "more.yml").rename(copy / "roles" / "ssh" / "tasks" / "most.yml")
    seen.add(playbook_digest(copy))
    assert len(seen) == 7


def test_a_playbook_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        playbook_digest(tmp_path)
