"""The daemon's code is known by its content."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from twin.code import code_digest
from twin.status import TwinStatus


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("twin/daemon/world.py", "providers/logic.py", "operations/up.py"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", ["twin/daemon/world.py", "providers/logic.py", "twin/schema_facts.json"])
def test_a_change_of_what_the_daemon_imports_is_seen(checkout: Path, name: str) -> None:
    before = code_digest(checkout)
    (checkout / name).write_text("changed")
    assert code_digest(checkout) != before


def test_times_other_code_and_compiled_files_do_not_matter(checkout: Path) -> None:
    before = code_digest(checkout)
    os.utime(checkout / "providers" / "logic.py", (0, 0))
    (checkout / "operations" / "up.py").write_text("changed")
    (checkout / "twin" / "daemon" / "world.pyc").write_bytes(b"compiled")
    assert code_digest(checkout) == before


def test_a_file_that_moved_is_seen(checkout: Path) -> None:
    before = code_digest(checkout)
    (checkout / "twin" / "daemon" / "world.py").rename(checkout / "twin" / "world.py")
    assert code_digest(checkout) != before


def test_the_status_of_another_version_is_understood_as_far_as_it_goes() -> None:
    world = {"territory": "sandbox", "world_id": "1", "recorded_world_id": None, "lost": False, "outdated": False}
    vcenter = {"id": "lac", "server": "127.0.0.1:41001", "instance_uuid": "u", "pid": 7, "colour": "red"}
    older = {"pid": 1, "vcsim": "/vcsim", "providers": 0, "ending": 0, "worlds": [{**world, "vcenters": [vcenter]}]}
    status = TwinStatus.from_json(older)
    assert status.code == ""
    assert status.worlds[0].vcsim == ""
    assert status.worlds[0].vcenters[0].id == "lac"
    with pytest.raises(TypeError, match="'providers'"):
        TwinStatus.from_json({"pid": 1, "vcsim": "/vcsim", "ending": 0, "worlds": []})
