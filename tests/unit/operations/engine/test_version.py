from __future__ import annotations

import re
from importlib.metadata import version

import pytest

from operations.engine.golang import TOOLCHAIN
from operations.engine.version import ENGINE_VERSION, is_recent_enough, official_release, version_key


def test_sdk_and_engine_are_one_version() -> None:
    assert version("pulumi") == ENGINE_VERSION


@pytest.mark.parametrize("module", ["pkg", "sdk"])
def test_modules_and_engine_are_one_version(module: str) -> None:
    text = (TOOLCHAIN / "go.mod").read_text(encoding="utf-8")
    assert re.search(rf"pulumi/pulumi/{module}/v3 v{re.escape(ENGINE_VERSION)}\b", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("v3.259.0", (3, 259, 0)),
        ("3.259.0\n", (3, 259, 0)),
        ("v3.260.0-alpha.1+dev", (3, 260, 0)),
        ("3.259", None),
        ("", None),
        ("dev", None),
    ],
)
def test_versions_are_read(text: str, expected: tuple[int, int, int] | None) -> None:
    assert version_key(text) == expected


@pytest.mark.parametrize(
    ("text", "serves"),
    [("v3.259.0", True), ("v3.300.1", True), ("v3.258.9", False), ("v4.0.0", False), ("nonsense", False)],
)
def test_an_engine_serves_from_the_pinned_version_up(text: str, serves: bool) -> None:
    assert is_recent_enough(text) is serves


def test_an_official_release_is_pinned_for_both_linux_machines() -> None:
    for machine, target in (("x86_64", "linux-x64"), ("aarch64", "linux-arm64")):
        release = official_release("Linux", machine)
        assert release is not None
        assert release.url.endswith(f"v{ENGINE_VERSION}-{target}.tar.gz")
        assert re.fullmatch(r"[0-9a-f]{64}", release.sha256)


def test_other_machines_have_no_pinned_release() -> None:
    assert official_release("Linux", "riscv64") is None
