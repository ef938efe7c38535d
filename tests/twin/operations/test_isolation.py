"""With real-looking credentials all around it, a twin talks to loopback only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from operations.engine.cache import CACHE_VARIABLE, cache_directory
from tests.twin.operations.metro import CHECKOUT, Metro

pytestmark = [pytest.mark.api, pytest.mark.slow]

REAL_LOOKING = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_ENDPOINT_URL": "https://192.0.2.7",
    "VSPHERE_SERVER": "192.0.2.8",
    "VSPHERE_USER": "administrator@vsphere.local",
    "VSPHERE_PASSWORD": "not-a-password",
    "PULUMI_ACCESS_TOKEN": "pul-0123456789",
    "PULUMI_BACKEND_URL": "https://192.0.2.9",
    "HTTPS_PROXY": "http://192.0.2.10:3128",
    "https_proxy": "http://192.0.2.10:3128",
}


def test_no_connection_leaves_loopback_whatever_the_environment_offers(metro: Metro, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a network namespace")
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare (package util-linux)")
    aws = tmp_path / ".aws"
    aws.mkdir()
    (aws / "credentials").write_text("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")
    metro_command = [sys.executable, "-m", "operations"]
    commands = [
        [*metro_command, *arguments]
        for arguments in (
            ("up", "-t", "sandbox", "--tier", "api", "--json"),
            ("up", "-t", "sandbox", "--tier", "api", "--json"),
            ("down", "-t", "sandbox", "--json"),
            ("twin", "down"),
        )
    ]

    ran = subprocess.run(
        [unshare, "--net", sys.executable, "-m", "tests.twin.operations.loopback_only", json.dumps(commands)],
        cwd=CHECKOUT,
        env={**metro.environment(REAL_LOOKING), "HOME": str(tmp_path), CACHE_VARIABLE: str(cache_directory())},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    assert answer["codes"] == [0, 0, 0, 0], answer["stderr"]
    assert json.loads(answer["stdout"][0])["changes"] > 0
    assert json.loads(answer["stdout"][1])["changes"] == 0
    assert answer["attempts_after_a_deliberate_one"] == answer["attempts"] + 1, "this kernel does not count attempts"
    assert answer["attempts"] == 0
