"""Go's own checks and tests of the toolchain, as part of the one command that tests everything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from operations.engine.golang import TOOLCHAIN, Go, find_go

pytestmark = [pytest.mark.api, pytest.mark.slow]


# The flags of the real build: with others Go would compile govmomi and the SDK a second time.
AS_BUILT = {
    "GOTOOLCHAIN": "local",
    "GOWORK": "off",
    "CGO_ENABLED": "0",
    "GOFLAGS": "-mod=readonly -buildvcs=false -trimpath",
}


@pytest.fixture(scope="module")
def go() -> Go:
    found = find_go()
    if found is None:
        pytest.skip("no Go recent enough on this machine")
    return found


@pytest.mark.parametrize("command", ["vet", "test"])
def test_go_is_content(go: Go, command: str) -> None:
    finished = subprocess.run(
        [go.executable, command, "./..."],
        cwd=TOOLCHAIN,
        env={**os.environ, **AS_BUILT},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_go_sources_are_formatted(go: Go) -> None:
    gofmt = Path(os.path.realpath(go.executable)).with_name("gofmt")
    finished = subprocess.run([gofmt, "-l", "."], cwd=TOOLCHAIN, capture_output=True, text=True, check=False)
    assert (finished.returncode, finished.stdout) == (0, ""), finished.stdout + finished.stderr
