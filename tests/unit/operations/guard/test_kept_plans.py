"""Plans are found again as long as nothing they are made of has changed, and believed only whole."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from operations.guard import kept_plans
from operations.guard.kept_plans import keep_plan, kept_plan, plan_digest
from territory.loader import TERRITORIES
from tests.unit.operations.guard.plans import BASTION, EVERYBODY, plan_of

SETTINGS: dict[str, dict[str, object]] = {
    "sandbox-cloud": {"metropole:layer": "cloud", "metropole:keys": {"secure": {"lac": "password"}}}
}


def test_a_kept_plan_is_for_its_owner_alone_and_comes_back_as_it_was(tmp_path: Path):
    keep_plan(tmp_path, "d1", plan_of(BASTION))
    (file,) = (tmp_path / "plans").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept_plan(tmp_path, "d1") == plan_of(BASTION)
    assert kept_plan(tmp_path, "d2") is None


def test_a_plan_that_was_changed_or_put_under_another_name_is_none(tmp_path: Path):
    keep_plan(tmp_path, "d1", plan_of(EVERYBODY))
    file = tmp_path / "plans" / "d1.json"
    shutil.copy(file, file.with_name("d2.json"))
    file.write_bytes(file.read_bytes().replace(EVERYBODY.encode(), BASTION.encode()))
    assert kept_plan(tmp_path, "d1") is None
    assert kept_plan(tmp_path, "d2") is None


def test_old_plans_go(tmp_path: Path):
    for number in range(kept_plans.KEPT + 3):
        keep_plan(tmp_path, f"d{number}", plan_of(BASTION))
    assert len(list((tmp_path / "plans").iterdir())) == kept_plans.KEPT


def test_the_digest_follows_all_a_plan_is_made_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "territory"
    shutil.copytree(TERRITORIES / "sandbox", folder)
    requests = tmp_path / "requests"
    requests.mkdir()

    def digest(settings: dict[str, dict[str, object]]) -> str:
        told = {**settings["sandbox-cloud"], "metropole:signingRequests": str(requests)}
        return plan_digest(str(folder), {"sandbox-cloud": told})

    found = [digest(SETTINGS)]
    (folder / "edge.yaml").write_text((folder / "edge.yaml").read_text() + "\n")
    found.append(digest(SETTINGS))
    (requests / "a.csr.pem").write_text("another gateway")
    found.append(digest(SETTINGS))
    found.append(digest({"sandbox-cloud": {**SETTINGS["sandbox-cloud"], "metropole:layer": "edge"}}))
    monkeypatch.setattr(kept_plans, "playbook_digest", lambda: "another")
    found.append(digest(SETTINGS))
    monkeypatch.setattr(kept_plans, "version", str.upper)
    found.append(digest(SETTINGS))
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    "same",
    [
        {"secure": {"lac": "another password"}},
        {"secure": '{"lac": "hidden"}'},
        {"lac": {"secure": "ciphertext"}},
    ],
)
def test_a_secret_is_no_part_of_it_but_its_shape_is(same: dict[str, object]):
    other = {"sandbox-cloud": {**SETTINGS["sandbox-cloud"], "metropole:keys": same}}
    more = {"sandbox-cloud": {**SETTINGS["sandbox-cloud"], "metropole:keys": {"secure": {"lac": "", "pessac": ""}}}}
    assert plan_digest("sandbox", other) == plan_digest("sandbox", SETTINGS) != plan_digest("sandbox", more)
