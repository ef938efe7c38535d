from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console as RichConsole

from operations.console import Console
from operations.deployment.stack_configuration import twin_configuration
from operations.ephemeral.choice import EphemeralWish, chosen_for_change, lease_lock, wish_for
from operations.ephemeral.lease import Leases, rfc3339
from operations.errors import AnswerNo, InputError
from operations.recovery.run_lock import hold
from operations.territories import ChosenTerritory, choose_territory
from operations.tiers import Tier
from operations.worlds.world import imagined_world, prepare_world
from stacks.layers import LAYERS

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path))
    return tmp_path


def choose(
    state: Path, name: str, wish: EphemeralWish | None = None, *, upwards: bool = True, tier: Tier = Tier.API
) -> ChosenTerritory:
    console = Console(stderr=RichConsole(file=io.StringIO()))
    with chosen_for_change(state, name, tier, wish, console, upwards=upwards, wait=False) as chosen:
        return chosen


def overdue(state: Path, name: str) -> None:
    leases = Leases(state)
    lease = leases.find(name)
    assert lease is not None
    leases.renew(lease.model_copy(update={"expires": datetime.now(UTC) - HOUR}))


def test_a_copy_is_another_territory_with_a_time_to_live(state: Path) -> None:
    before = datetime.now(UTC)
    chosen = choose(state, "sandbox", EphemeralWish("drill-7", 2 * HOUR))
    assert chosen.model == choose_territory("sandbox").model.model_copy(update={"name": "drill-7"})
    assert chosen.reference == str(state / "ephemeral" / "drill-7" / "territory")
    assert chosen.lease is not None
    assert timedelta(seconds=-1) < chosen.lease.expires - before - 2 * HOUR < timedelta(minutes=1)


def test_its_stacks_say_that_they_are_ephemeral_until_when_and_hold_nothing_of_the_account(state: Path) -> None:
    chosen = choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    assert chosen.lease is not None
    assert {stack.layer for stack in chosen.stacks} == {
        layer.name for layer in LAYERS.values() if not layer.account_wide
    }
    for stack in chosen.stacks:
        plain = twin_configuration(chosen, stack, imagined_world(chosen.model)).plain
        assert stack.name.startswith("drill-7-")
        assert plain["metropole:environment"] == "ephemeral"
        assert plain["metropole:expires"] == rfc3339(chosen.lease.expires)
    sandbox = choose_territory("sandbox")
    plain = twin_configuration(sandbox, sandbox.stacks[0], imagined_world(sandbox.model)).plain
    assert plain["metropole:environment"] == "rehearsal"
    assert "metropole:expires" not in plain


def test_its_name_and_its_folder_both_find_it_again(state: Path) -> None:
    made = choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    assert choose_territory("drill-7") == made
    assert choose_territory(made.reference) == made
    assert choose(state, "drill-7") == made


def test_a_name_that_nothing_has_is_told_beside_those_that_there_are(state: Path) -> None:
    with pytest.raises(InputError, match='no territory "drill-8"') as refusal:
        choose_territory("drill-8")
    assert refusal.value.remedy is None
    choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    with pytest.raises(InputError, match='no territory "drill-8"') as refusal:
        choose_territory("drill-8")
    assert refusal.value.remedy == "ephemeral territories here: drill-7"


def test_asking_again_gives_time_and_keeps_the_copy(state: Path) -> None:
    made = choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    (Path(made.reference) / "territory.yaml").open("a").write("# for the drill\n")
    overdue(state, "drill-7")
    again = choose(state, "sandbox", EphemeralWish("drill-7", 3 * HOUR))
    assert made.lease
    assert again.lease
    assert again.lease.made == made.lease.made
    assert again.lease.expires > made.lease.expires
    assert "# for the drill" in (Path(made.reference) / "territory.yaml").read_text()


def test_past_its_time_it_may_come_down_but_not_up(state: Path) -> None:
    choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    overdue(state, "drill-7")
    with pytest.raises(AnswerNo, match="time of drill-7 was up") as refusal:
        choose(state, "drill-7")
    assert "./metro up -t sandbox --ephemeral drill-7 --ttl 2h" in (refusal.value.remedy or "")
    assert choose(state, "drill-7", upwards=False).model.name == "drill-7"


def test_the_janitor_has_to_wait_while_somebody_works_on_it(state: Path) -> None:
    choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    console = Console()
    with (
        chosen_for_change(state, "drill-7", Tier.API, None, console, upwards=True, wait=False),
        pytest.raises(AnswerNo, match="is being changed"),
        hold(state, lease_lock("drill-7"), "metro janitor", console, wait=False),
    ):
        pass


def test_for_real_there_is_none(state: Path) -> None:
    with pytest.raises(InputError, match="lives in a twin"):
        choose(state, "sandbox", EphemeralWish("drill-7", HOUR), tier=Tier.REAL)
    assert not (state / "ephemeral").exists()


def test_a_copy_of_a_copy_and_a_copy_of_something_else_are_refused(state: Path) -> None:
    choose(state, "sandbox", EphemeralWish("drill-7", HOUR))
    with pytest.raises(InputError, match="ephemeral itself"):
        choose(state, "drill-7", EphemeralWish("drill-8", HOUR))
    with pytest.raises(InputError, match="copy of sandbox, not of bordeaux"):
        choose(state, "bordeaux", EphemeralWish("drill-7", HOUR))


def test_a_name_that_something_has_is_refused_and_leaves_no_record(state: Path) -> None:
    sandbox = choose_territory("sandbox").model
    prepare_world(state, sandbox.model_copy(update={"name": "taken"}))
    with pytest.raises(InputError, match="taken is taken"):
        choose(state, "sandbox", EphemeralWish("taken", HOUR))
    assert Leases(state).all() == ([], [])


@pytest.mark.parametrize("name", ["sandbox", "bordeaux"])
def test_a_territory_of_the_checkout_cannot_become_ephemeral(name: str) -> None:
    with pytest.raises(InputError, match="territory of this checkout"):
        wish_for(name, "2h", "4h")


@pytest.mark.parametrize("name", ["", "Drill", "drill_7", "../drill", "drill/7", "7drill", "d" * 41, "drill-", "été"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="cannot be the name"):
        wish_for(name, None, "4h")


def test_a_time_to_live_needs_something_that_lives() -> None:
    assert wish_for(None, None, "4h") is None
    assert wish_for("drill-7", None, "4h") == EphemeralWish("drill-7", 4 * HOUR)
    with pytest.raises(InputError, match="--ttl says how long"):
        wish_for(None, "2h", "4h")
