"""Which world a command works on, and the guards around the real one."""

from __future__ import annotations

from typing import Any

import pytest

from operations.console import Console
from operations.deployment.real_guards import RealTarget, check_accounts, check_vcenters, confirm, target_of
from operations.errors import AnswerNo, InputError, MachineError
from operations.hosts import ground
from operations.hosts.ground import Obstacle
from operations.tiers import FACTS, Tier, announcement, choose_tier, tell_tier
from operations.worlds.world import account_id, instance_uuid
from territory.loader import load_territory

SANDBOX = load_territory("sandbox")
REAL = {
    "metropole:cloud": {"cloud-paris": {"accountId": "123456789012"}},
    "metropole:vcenters": {
        "lac": {"server": "vcenter.lac.example", "instanceUuid": "AAAAAAAA-0000-4000-8000-000000000001"},
        "pessac": {"server": "vcenter.pessac.example", "instanceUuid": "aaaaaaaa-0000-4000-8000-000000000002"},
    },
}


OBSTACLE = Obstacle("hosts need root", "run metro as root")


@pytest.fixture(autouse=True)
def no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "obstacle", lambda: None)


def test_the_default_is_a_twin_never_the_real_world(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_tier(None) is Tier.HOST
    assert choose_tier(None, allowed=(Tier.API, Tier.REAL)) is Tier.API
    assert choose_tier(None, allowed=(Tier.PLAN,)) is Tier.PLAN
    assert choose_tier("real") is Tier.REAL
    # Thousands of hosts are for those who ask for them.
    assert choose_tier(None, hosts=10_000) is Tier.API
    assert choose_tier("host", hosts=10_000) is Tier.HOST
    monkeypatch.setattr(ground, "obstacle", lambda: OBSTACLE)
    assert choose_tier(None) is Tier.API


def test_the_host_tier_is_refused_where_no_host_can_run(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_tier("host") is Tier.HOST
    monkeypatch.setattr(ground, "obstacle", lambda: OBSTACLE)
    with pytest.raises(MachineError, match="hosts need root") as refusal:
        choose_tier("host")
    assert "--tier api" in str(refusal.value.remedy)


def test_that_no_host_runs_is_said_unless_it_was_chosen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ground, "obstacle", lambda: OBSTACLE)
    tell_tier(Tier.API, "api", Console())
    assert "warning" not in capsys.readouterr().err
    tell_tier(Tier.API, None, Console())
    assert "run metro as root" in capsys.readouterr().err


@pytest.mark.parametrize("asked", ["production", "plan", "REAL"])
def test_other_tiers_are_refused_with_those_there_are(asked: str) -> None:
    with pytest.raises(InputError) as refusal:
        choose_tier(asked)
    assert "api" in str(refusal.value.remedy)


@pytest.mark.parametrize("tier", Tier)
def test_every_tier_says_what_it_cannot_show(tier: Tier) -> None:
    assert FACTS[tier].cannot_show in announcement(tier)


def test_a_real_stack_names_its_account_and_both_vcenters() -> None:
    target = target_of("sandbox-datacenters", REAL, SANDBOX)
    assert target.accounts == {"cloud-paris": ("eu-west-3", "123456789012")}
    assert target.vcenters["lac"] == ("vcenter.lac.example", "aaaaaaaa-0000-4000-8000-000000000001", False)


def without(path: str) -> dict[str, Any]:
    configuration: dict[str, Any] = {**REAL, "metropole:vcenters": {k: dict(v) for k, v in VCENTERS.items()}}
    if path in configuration:
        del configuration[path]
    else:
        datacenter, key = path.split(".")
        del configuration["metropole:vcenters"][datacenter][key]
    return configuration


VCENTERS: dict[str, dict[str, str]] = REAL["metropole:vcenters"]  # type: ignore[assignment]  # a literal of two shapes


@pytest.mark.parametrize("missing", ["metropole:cloud", "metropole:vcenters", "lac.instanceUuid", "pessac.server"])
def test_a_real_stack_that_leaves_anything_unnamed_is_refused(missing: str) -> None:
    with pytest.raises(InputError) as refusal:
        target_of("sandbox-datacenters", without(missing), SANDBOX)
    assert "sandbox-datacenters" in str(refusal.value)
    assert "pulumi config set" in str(refusal.value.remedy)


def test_a_twins_vcenter_is_never_a_real_one() -> None:
    configuration = without("lac.instanceUuid")
    configuration["metropole:vcenters"]["lac"]["instanceUuid"] = instance_uuid("sandbox", "lac")
    with pytest.raises(InputError, match="simulated"):
        target_of("sandbox-datacenters", configuration, SANDBOX)


@pytest.mark.parametrize(
    "entry", [{"accountId": account_id("sandbox")}, {"accountId": "1" * 12, "endpoint": "http://x"}]
)
def test_a_twins_cloud_is_never_a_real_one(entry: dict[str, str]) -> None:
    with pytest.raises(InputError, match="simulated"):
        target_of("sandbox-datacenters", {**REAL, "metropole:cloud": {"cloud-paris": entry}}, SANDBOX)


def test_credentials_of_another_account_stop_everything() -> None:
    target = RealTarget({"cloud-paris": ("eu-west-3", "123456789012")}, {})
    check_accounts(target, lambda _region: "123456789012")
    with pytest.raises(InputError, match="are of account 999999999999"):
        check_accounts(target, lambda _region: "9" * 12)


def test_another_vcenter_than_the_one_named_stops_everything() -> None:
    target = RealTarget({}, {"lac": ("vcenter.lac.example", "expected", False)})
    check_vcenters(target, lambda _server, _unverified: "EXPECTED")
    with pytest.raises(InputError, match="another"):
        check_vcenters(target, lambda _server, _unverified: "another")


def test_the_real_world_needs_the_territorys_name_typed_or_approved() -> None:
    confirm("bordeaux", "bordeaux")
    confirm("bordeaux", None, read_line=lambda: " bordeaux\n")
    with pytest.raises(AnswerNo):
        confirm("bordeaux", None, read_line=lambda: "yes")
    with pytest.raises(InputError):
        confirm("bordeaux", "sandbox")


def test_without_a_terminal_nobody_can_confirm() -> None:
    with pytest.raises(InputError) as refusal:
        confirm("bordeaux", None)
    assert refusal.value.remedy == "--approved bordeaux"
