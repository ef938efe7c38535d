"""The territories that ship, and the ways to name one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from territory.errors import TerritoryError
from territory.loader import TERRITORIES, load_territory, territory_names
from territory.model import Placement, Territory
from territory.schema import SCHEMA_FILE, schema_text
from territory.yaml_source import LARGEST_FILE

FILES = sorted(TERRITORIES.glob("*/*.yaml"))


def problem_of(name: str | Path) -> str:
    with pytest.raises(TerritoryError) as raised:
        load_territory(name)
    return str(raised.value)


def test_both_territories_ship() -> None:
    assert territory_names() == ("bordeaux", "sandbox")


def test_bordeaux_is_the_whole_metropolis() -> None:
    t = load_territory("bordeaux")
    assert len(t.communes) == 28
    assert [dc.id for dc in t.datacenters] == ["lac", "pessac"]
    assert [len(dc.hosts) for dc in t.datacenters] == [4, 4]
    assert sum(commune.vcenter == "lac" for commune in t.communes) == 14
    assert 750_000 < sum(commune.population_about for commune in t.communes) < 900_000
    assert any(asset.placement is Placement.PUBLIC for service in t.services for asset in service.assets)
    assert len(t.edge_sites) >= 6


def test_sandbox_has_the_shape_of_bordeaux() -> None:
    small, large = load_territory("sandbox"), load_territory("bordeaux")
    assert len(small.communes) == 2
    assert [dc.id for dc in small.datacenters] == [dc.id for dc in large.datacenters]
    assert small.border_routers == large.border_routers
    assert small.circuits == large.circuits


@pytest.mark.parametrize("name", territory_names())
def test_a_folder_is_a_territory_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_territory(TERRITORIES / name) == load_territory(name) == load_territory(f"{TERRITORIES}/{name}/")
    monkeypatch.chdir(TERRITORIES)
    assert load_territory(f"./{name}") == load_territory(name)


def test_unknown_territory_from_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TERRITORIES.parent.parent)
    assert problem_of("bordaux") == (
        'stacks/territories: there is no territory "bordaux"\n'
        "  found:    bordaux\n"
        "  expected: one of bordeaux, sandbox\n"
        "  nearest:  bordeaux\n"
        "  remedy:   Name bordeaux."
    )


def test_unknown_territory_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert problem_of("xyz") == (
        f'{TERRITORIES}: there is no territory "xyz"\n'
        "  found:    xyz\n"
        "  expected: one of bordeaux, sandbox\n"
        "  remedy:   Name one of bordeaux, sandbox, or give the path of a folder."
    )


@pytest.mark.parametrize("name", ["", "Bordeaux", "33063"])
def test_a_word_without_a_slash_is_always_a_name(name: str) -> None:
    assert f'there is no territory "{name}"\n' in problem_of(name)


def test_the_working_directory_can_be_the_territory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TERRITORIES / "sandbox")
    assert load_territory(".") == load_territory("sandbox")


def test_unknown_folder() -> None:
    assert problem_of("./nowhere") == (
        "./nowhere: there is no such folder\n"
        "  expected: a folder of *.yaml files, or a name: one of bordeaux, sandbox\n"
        "  remedy:   Correct the path."
    )


def test_empty_folder(tmp_path: Path) -> None:
    assert problem_of(tmp_path).startswith(f"{tmp_path}: the folder holds no *.yaml file\n")


def test_a_name_that_is_not_the_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in (TERRITORIES / "sandbox").glob("*.yaml"):
        (copy / file.name).write_bytes(file.read_bytes())
    assert load_territory(copy).name == "sandbox"
    monkeypatch.setattr("territory.loader.TERRITORIES", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert problem_of("copy") == (
        "copy/territory.yaml:4: the territory in the folder copy calls itself sandbox: "
        "both would have the same stacks\n"
        "  found:    sandbox\n"
        "  expected: copy\n"
        "  remedy:   Write name: copy"
    )


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "big.yaml").write_bytes(b"#" * (LARGEST_FILE + 1))
    monkeypatch.chdir(tmp_path)
    assert problem_of(tmp_path) == (
        "big.yaml: the file is larger than a territory's file may be\n"
        "  found:    more than 1048576 bytes\n"
        "  expected: at most 1048576 bytes (1 MiB)\n"
        "  remedy:   Split it by top-level key: every *.yaml of the folder is read."
    )


def test_a_file_that_is_not_utf8(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "latin.yaml").write_bytes("name: x\ntitle: Ambès\n".encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    assert problem_of(tmp_path).startswith("latin.yaml:2: the text is not UTF-8\n  found:    byte 0xe8\n")


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    monkeypatch.chdir(tmp_path)
    assert problem_of(tmp_path).startswith("gone.yaml: the file cannot be read: No such file or directory\n")


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    for file in (TERRITORIES / "sandbox").glob("*.yaml"):
        (tmp_path / file.name).write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert load_territory(tmp_path) == load_territory("sandbox")


def test_loading_needs_no_library_that_is_slow_to_come() -> None:
    """Each command and each stack's program loads a territory first."""
    code = "import sys; from territory.loader import load_territory; load_territory('bordeaux'); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "yaml" in modules
    assert not {"networkx", "ruamel.yaml", "pulumi", "boto3", "grpc", "jsonschema"} & set(modules)


def test_the_committed_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m territory.schema"


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_editors_find_the_schema_and_agree(file: Path) -> None:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    target = first.removeprefix("# yaml-language-server: $schema=")
    assert Path(os.path.normpath(file.parent / target)) == SCHEMA_FILE
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(data)) == []  # type: ignore[arg-type]
    assert list(Draft202012Validator(schema).iter_errors({**data, "surprise": 1})) != []  # type: ignore[arg-type]


def test_a_territory_is_frozen() -> None:
    t: Territory = load_territory("sandbox")
    with pytest.raises(ValueError, match="frozen"):
        t.title = "Other"  # type: ignore[misc]
