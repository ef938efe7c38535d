from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations import doctor
from operations.doctor import Finding, Verdict, answers, examine
from operations.tiers import Tier
from tests.unit.operations.engine.conftest import MakeProgram


def finding(what: str, verdict: Verdict, *tiers: Tier) -> Finding:
    return Finding(what, verdict, "", tiers, "do something")


def test_a_tier_stands_as_its_worst_need() -> None:
    found = answers(
        (
            finding("a", Verdict.READY, *Tier),
            finding("b", Verdict.WILL_BE_MADE, Tier.API, Tier.HOST),
            finding("c", Verdict.MISSING, Tier.HOST),
        )
    )
    assert {answer.tier: answer.verdict for answer in found} == {
        Tier.PLAN: Verdict.READY,
        Tier.API: Verdict.WILL_BE_MADE,
        Tier.HOST: Verdict.MISSING,
        Tier.REAL: Verdict.READY,
    }
    assert next(answer.missing for answer in found if answer.tier is Tier.HOST) == ("c",)


@pytest.fixture
def bare_machine(cache: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Neither engine, nor Go, nor uv, nor anything in the cache."""
    monkeypatch.setenv("PATH", str(programs))
    return programs


def verdict(what: str) -> Verdict:
    return next(each.verdict for each in examine() if each.what.startswith(what))


def test_a_bare_machine_lacks_what_builds_the_simulator(bare_machine: Path) -> None:
    assert verdict("vSphere simulator") is Verdict.MISSING
    assert verdict("Go") is Verdict.MISSING
    assert verdict("Pulumi engine") is Verdict.WILL_BE_MADE, "the official release may still be had"
    found = {answer.tier: answer for answer in answers(examine())}
    assert found[Tier.PLAN].verdict is Verdict.READY
    assert found[Tier.API].verdict is Verdict.MISSING
    assert all(each.remedy for each in examine() if each.verdict is Verdict.MISSING)


def test_uv_is_enough_to_make_the_rest(bare_machine: Path, make_program: MakeProgram) -> None:
    make_program("uv", "")
    found = {answer.tier: answer for answer in answers(examine())}
    assert found[Tier.API].verdict is Verdict.WILL_BE_MADE


def test_it_makes_nothing(bare_machine: Path, cache: Path, make_program: MakeProgram) -> None:
    make_program("uv", "touch $0.ran")
    make_program("go", "touch $0.ran; exit 1")
    examine()
    assert not cache.exists()
    assert not (bare_machine / "uv.ran").exists()


def test_too_little_memory_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MEMORY_TO_RUN_GIB", 1e6)
    monkeypatch.setattr(doctor, "MEMORY_TO_BUILD_GIB", 1e6)
    assert verdict("memory") is Verdict.MISSING


def test_a_person_who_is_not_root_cannot_run_hosts_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = next(each for each in examine() if each.what == "ground for hosts")
    assert found.verdict is Verdict.MISSING
    assert found.tiers == (Tier.HOST,)
    assert found.remedy == "run metro as root"


def test_the_command_prints_one_object_and_its_verdict(bare_machine: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "operations", "doctor", "--json"], capture_output=True, text=True, check=False
    )
    said = json.loads(done.stdout)
    assert done.returncode == 3
    assert said["tiers"]["plan"] == {"runs": True, "ready": True, "missing": []}
    assert said["tiers"]["api"]["runs"] is False
    assert {"what", "tiers", "remedy"} == set(said["missing"][0])
