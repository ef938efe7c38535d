"""What a twin's children may see of a person's environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from operations.deployment.project import Project, prepare_project, write_shim
from operations.recovery.own_processes import RunId
from operations.worlds.isolation import hidden_names, twin_environment

DANGEROUS = {
    "AWS_ACCESS_KEY_ID": "AKIAFAKE",
    "AWS_PROFILE": "production",
    "VSPHERE_PASSWORD": "hunter2",
    "VSPHERE_SERVER": "vcenter.example",
    "GOVC_URL": "https://root:pw@vcenter.example",
    "PULUMI_ACCESS_TOKEN": "pul-fake",
    "PULUMI_BACKEND_URL": "https://api.pulumi.com",
    "PULUMI_CONFIG_PASSPHRASE": "not-ours",
    "PULUMI_DEBUG_PROVIDERS": "vsphere:1",
    "https_proxy": "http://proxy.example:3128",
    "HTTP_PROXY": "http://proxy.example:3128",
}
HARMLESS = {"HOME": "/home/somebody", "LANG": "C.UTF-8", "METROPOLE_CACHE": "/cache"}


def test_credentials_tokens_and_proxies_are_taken_away_and_the_rest_is_kept() -> None:
    seen = twin_environment({**DANGEROUS, **HARMLESS}, {})

    assert not set(seen.values()) & set(DANGEROUS.values())
    assert HARMLESS.items() <= seen.items()
    assert seen["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert seen["AWS_EC2_METADATA_DISABLED"] == "true"


def test_what_is_hidden_is_told_by_name_only() -> None:
    told = hidden_names({**DANGEROUS, **HARMLESS})
    assert "AWS_ACCESS_KEY_ID" in told
    assert not set(told) & set(HARMLESS)
    assert not any(value in " ".join(told) for value in DANGEROUS.values())


def test_an_engine_gets_our_backend_and_no_secret(tmp_path: Path) -> None:
    environment = prepare_project(tmp_path).environment(DANGEROUS, RunId.mine())
    assert environment["PULUMI_BACKEND_URL"].startswith("file://")
    assert (tmp_path / "passphrase").read_text().strip() not in " ".join(environment.values())
    assert "PULUMI_ACCESS_TOKEN" not in environment
    assert "PULUMI_CONFIG_PASSPHRASE" not in environment


def test_the_shim_hides_what_metro_hides(tmp_path: Path) -> None:
    """Run as a person's shell would run it, with a stand-in engine that prints its environment and arguments."""
    engine = tmp_path / "engine"
    engine.write_text('#!/bin/sh\nenv\necho "ARGS: $*"\n')
    engine.chmod(0o755)
    project = prepare_project(tmp_path / "a state")
    write_shim(project, engine)

    environment = {**DANGEROUS, **HARMLESS, "PATH": os.environ["PATH"], "MULTI": "one\nAWS_TWO=three"}
    answer = subprocess.run(
        [project.shim, "preview", "-s", "sandbox-datacenters"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    seen = dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)
    assert not set(seen.values()) & set(DANGEROUS.values())
    assert HARMLESS.items() <= seen.items()
    assert seen["PULUMI_HOME"] == str(project.pulumi_home)
    assert f"ARGS: -C {project.directory} preview -s sandbox-datacenters" in answer


def test_the_passphrase_is_made_once_and_private(tmp_path: Path) -> None:
    first = prepare_project(tmp_path).passphrase
    text = first.read_text()
    assert first.stat().st_mode & 0o777 == 0o600
    first.chmod(0o644)
    assert prepare_project(tmp_path).passphrase.read_text() == text
    assert first.stat().st_mode & 0o777 == 0o600
    assert Project(tmp_path).shim.parent.is_dir()
