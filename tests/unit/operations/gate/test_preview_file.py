"""A preview file of anybody's: read whole and right, or refused in words."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from operations.errors import InputError
from operations.gate.preview_file import read_preview_file
from planning.values import UNKNOWN
from policies.subjects import Operation

TYPE = "aws:s3/bucket:Bucket"


TIMES_ITS_SIZE = 20
"""What reading a preview may take of memory at its peak."""
PEAK = """
import resource, sys
from pathlib import Path
from operations.gate.preview_file import read_preview_file
stacks, operations = read_preview_file(Path(sys.argv[1]))
print(len(stacks[0].resources), len(operations), 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _urn(name: str, stack: str = "dev") -> str:
    return f"urn:pulumi:{stack}::site::{TYPE}::{name}"


def _step(name: str, op: str = "create", inputs: Any = None, stack: str = "dev", **state: Any) -> dict[str, Any]:
    urn = _urn(name, stack)
    new = {"urn": urn, "type": TYPE, "custom": True, "inputs": inputs or {}, **state}
    return {"op": op, "urn": urn, **({"oldState": new} if op == "delete" else {"newState": new})}


def _document(*steps: dict[str, Any], **summary: int) -> dict[str, Any]:
    counted: dict[str, int] = {}
    for step in steps:
        counted[step["op"]] = counted.get(step["op"], 0) + 1
    return {"steps": list(steps), "changeSummary": {**counted, **summary}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "preview.json"


def _written(file: Path, document: Any) -> Path:
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return file


def test_stacks_and_operations(file: Path) -> None:
    document = _document(
        _step("a"),
        _step("b", "same"),
        _step("c", "delete"),
        _step("d", "create-replacement"),
        _step("d", "replace"),
        _step("d", "delete-replaced"),
        _step("e", "update", stack="prod"),
    )
    stacks, operations = read_preview_file(_written(file, document))
    assert [(stack.name, stack.layer, len(stack.resources)) for stack in stacks] == [
        ("dev", "preview", 3),
        ("prod", "preview", 1),
    ]
    assert operations == {
        _urn("a"): Operation.CREATE,
        _urn("b"): Operation.SAME,
        _urn("c"): Operation.DELETE,
        _urn("d"): Operation.REPLACE,
        _urn("e", "prod"): Operation.UPDATE,
    }


def test_secrets_and_unknowns_are_never_text(file: Path) -> None:
    inputs = {
        "a": "[secret]",
        "b": "user:[secret]@host",
        "c": "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "d": "arn:04da6b54-80e4-46f7-96ec-b56ff0331ba9/*",
        "e": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "f": "output<string>",
        "g": ["6a19a0b0-7e62-4c92-b797-7f8e31da9cc2"],
        "h": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"hunter2"'},
        "i": "text",
    }
    stacks, _ = read_preview_file(_written(file, _document(_step("a", inputs=inputs))))
    (resource,) = stacks[0].resources
    assert resource.inputs == {
        "a": {"$secret": None},
        "b": {"$secret": None},
        "c": UNKNOWN,
        "d": UNKNOWN,
        "e": UNKNOWN,
        "f": UNKNOWN,
        "g": [UNKNOWN],
        "h": {"$secret": None},
        "i": "text",
    }
    assert "hunter2" not in stacks[0].model_dump_json()


def test_hidden_unchanged_resources_name_the_flag(file: Path) -> None:
    with pytest.raises(InputError, match=r"hides 7 of 7 unchanged resources.*--show-sames") as caught:
        read_preview_file(_written(file, _document(_step("a"), same=7)))
    assert caught.value.exit_code == 2


STATE = _step("a")["newState"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON here"),
        ("\x00", "no JSON here"),
        (json.dumps(_document(_step("a")))[:-30], "cut off"),
        ('{"steps": [], "steps": []}', "says 'steps' twice"),
        ('{"steps": [NaN]}', "holds NaN"),
        ("[" * 200_000, "nested too deeply"),
        ('{"steps": [' + "9" * 5000 + "]}", "a number nobody can read"),
        ("[]", "holds a list"),
        ("{}", "no list of steps"),
        ('{"steps": {}}', "no list of steps"),
        ('{"steps": [1], "changeSummary": {}}', "step 0 has no operation"),
        ('{"steps": [{"op": 1, "urn": "u"}], "changeSummary": {}}', "step 0 has no operation"),
        (_document({"op": "explode", "urn": "u"}), "'explode'"),
        (_document({"op": "create", "urn": _urn("a"), "newState": []}), "no object"),
        (_document({"op": "create", "urn": _urn("a"), "newState": {"urn": _urn("a")}}), "lacks 'type'"),
        (
            _document({"op": "create", "urn": "nonsense", "newState": {**STATE, "urn": "nonsense"}}),
            "not what the engine",
        ),
        (_document({"op": "create", "urn": _urn("a"), "newState": {**STATE, "inputs": [1]}}), "not what the engine"),
        (
            _document({"op": "create", "urn": _urn("a"), "newState": {**STATE, "custom": "perhaps"}}),
            "not what the engine",
        ),
        (_document({"op": "create", "urn": _urn("b"), "newState": STATE}), "names another"),
        (_document(_step("a"), _step("a", inputs={"x": 1})), "twice, and not the same"),
        ({"steps": [_step("a")]}, "no changeSummary"),
        ({"steps": [_step("a")], "changeSummary": {"create": "many"}}, "does not say how many"),
        ({"steps": [_step("a")], "changeSummary": {"create": 2}}, "2 resources to create, 1 shown"),
        (_document(), "holds no resource"),
    ],
)
def test_what_is_no_whole_preview_is_refused(file: Path, text: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_preview_file(_written(file, text))


def test_files_that_are_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_preview_file(tmp_path / "absent.json")
    with pytest.raises(InputError, match="cannot be read"):
        read_preview_file(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff\xfe{}")
    with pytest.raises(InputError, match="no UTF-8"):
        read_preview_file(tmp_path / "binary")
    with (tmp_path / "vast").open("wb") as vast:
        vast.truncate(2**30)
    with pytest.raises(InputError, match="1024 MiB"):
        read_preview_file(tmp_path / "vast")


@pytest.mark.slow
def test_fifty_megabytes_and_a_hundred_thousand_resources(file: Path) -> None:
    steps = [_step(f"bucket-{number}", inputs={"tags": {"filler": "x" * 260}}) for number in range(100_000)]
    _written(file, _document(*steps))
    assert file.stat().st_size > 50 * 10**6
    del steps
    done = subprocess.run([sys.executable, "-c", PEAK, str(file)], capture_output=True, text=True, check=True)
    resources, operations, peak = map(int, done.stdout.split())
    assert resources == operations == 100_000
    assert peak < TIMES_ITS_SIZE * file.stat().st_size
