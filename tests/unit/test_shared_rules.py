"""The rules of tests/conftest.py, on a suite of a few lines."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations.paths import CHECKOUT

SUITE = """
import os
import pytest

@pytest.mark.api
def test_a_skipped_api(): pytest.skip("no engine")

@pytest.mark.api
@pytest.mark.xfail
def test_b_expected(): assert False

def test_c_skipped_unit(): pytest.skip("not here")

def test_d_environment():
    assert os.environ["PULUMI_ERROR_OUTPUT_STRING"] == "1"
    assert "metropole-tests-" in os.environ["METROPOLE_STATE"]
    assert not any(name.startswith(("AWS_", "VSPHERE_")) for name in os.environ)
"""


def run(directory: Path, ci: str) -> subprocess.CompletedProcess[str]:
    rules = ("-p", "tests.conftest", "-c", os.devnull, "--rootdir", directory)
    return subprocess.run(
        [sys.executable, "-m", "pytest", *rules, "-v", directory],
        cwd=CHECKOUT,
        env={**os.environ, "CI": ci, "AWS_ACCESS_KEY_ID": "x", "VSPHERE_PASSWORD": "x"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "test_suite.py").write_text(SUITE, encoding="utf-8")
    return tmp_path


def test_in_ci_a_skipped_api_test_failed(suite: Path) -> None:
    done = run(suite, "true")
    assert done.returncode == 1, done.stdout
    assert "test_a_skipped_api FAILED" in done.stdout
    assert "has to run in CI and was skipped" in done.stdout
    assert "1 failed, 1 passed, 1 skipped, 1 xfailed" in done.stdout


def test_elsewhere_it_is_skipped(suite: Path) -> None:
    done = run(suite, "")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 2 skipped, 1 xfailed" in done.stdout


def test_quick_tests_come_first(suite: Path) -> None:
    names = [line.split("::")[1].split()[0] for line in run(suite, "").stdout.splitlines() if "::test_" in line]
    assert names[:2] == ["test_c_skipped_unit", "test_d_environment"]


def test_in_ci_no_file_skips_itself(tmp_path: Path) -> None:
    text = "import pytest\npytest.skip('not today', allow_module_level=True)\n"
    (tmp_path / "test_suite.py").write_text(text, encoding="utf-8")
    assert run(tmp_path, "true").returncode != 0
