from __future__ import annotations

import json
from pathlib import Path

import pytest

from operations.draw import run_map
from operations.errors import InputError


def test_one_format_goes_to_stdout(capsys: pytest.CaptureFixture[str]):
    run_map("sandbox", "svg", None, as_json=False)

    assert capsys.readouterr().out.startswith("<svg ")


def test_several_formats_go_to_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run_map("sandbox", "svg, html,text", tmp_path / "new", as_json=True)
    told = json.loads(capsys.readouterr().out)

    assert [Path(picture["file"]).name for picture in told["pictures"]] == [
        "sandbox.svg",
        "sandbox.html",
        "sandbox.txt",
    ]
    assert all(Path(picture["file"]).stat().st_size == picture["bytes"] > 1000 for picture in told["pictures"])


def test_json_holds_the_pictures_where_no_directory_is_named(capsys: pytest.CaptureFixture[str]):
    run_map("sandbox", "text,svg", None, as_json=True)
    told = json.loads(capsys.readouterr().out)

    assert [picture["content"][:4] for picture in told["pictures"]] == ["Sand", "<svg"]


@pytest.mark.parametrize(
    ("formats", "message"),
    [("svg,png", "found png, expected svg, html, text"), (",", "found none"), ("svg,html", "add --output DIR")],
)
def test_what_cannot_be_drawn_is_refused(formats: str, message: str):
    with pytest.raises(InputError) as caught:
        run_map("sandbox", formats, None, as_json=False)
    assert message in f"{caught.value.message} {caught.value.remedy}"


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        run_map("sandbox", "text", tmp_path / "file", as_json=False)
