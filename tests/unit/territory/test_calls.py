from __future__ import annotations

from typing import Any

from hypothesis import given

from territory.calls import called_by, callers_of, open_to_communes
from territory.model import Asset, Service, Territory, Zone
from tests.unit.components.example import example
from tests.unit.territory.generated import with_services


def _service(id_: str, first: int, *assets: dict[str, Any], needs: tuple[str, ...] = ()) -> dict[str, Any]:
    numbered = [{"number": first + n, "sites": ["lac"], **asset} for n, asset in enumerate(assets)]
    return {
        "id": id_, "name": id_, "owner": "team", "criticality": "vital", "depends_on": needs, "assets": numbered,
    }  # fmt: skip


TERRITORY = example(
    services=[
        _service("maps", 10, {"id": "server", "zone": "services"}, {"id": "db", "zone": "data"}),
        _service(
            "portal",
            20,
            {"id": "web", "zone": "dmz", "replicas": 2},
            {"id": "db", "zone": "data", "sites": ["lac", "pessac"]},
            {"id": "copy", "zone": "data"},
            needs=("maps",),
        ),
        _service("games", 30, {"id": "app", "zone": "services"}),
    ]
)


def _asset(name: str) -> tuple[Service, Asset]:
    service_id, asset_id = name.split("/")
    service = next(service for service in TERRITORY.services if service.id == service_id)
    return service, next(asset for asset in service.assets if asset.id == asset_id)


def _names(found: Any) -> set[str]:
    return {f"{service.id}/{asset.id}" for service, asset in found}


def test_an_asset_calls_its_service_and_the_open_ends_of_what_it_needs() -> None:
    assert _names(called_by(TERRITORY, *_asset("portal/web"))) == {
        "portal/web", "portal/db", "portal/copy", "maps/server",
    }  # fmt: skip
    assert _names(called_by(TERRITORY, *_asset("maps/server"))) == {"maps/db"}
    assert _names(called_by(TERRITORY, *_asset("games/app"))) == set()


def test_what_keeps_data_calls_what_keeps_data_in_its_service_and_its_replicas_elsewhere() -> None:
    assert _names(called_by(TERRITORY, *_asset("portal/db"))) == {"portal/db", "portal/copy"}
    assert _names(called_by(TERRITORY, *_asset("portal/copy"))) == {"portal/db"}
    assert _names(called_by(TERRITORY, *_asset("maps/db"))) == set()


def test_callers_of_what_others_need() -> None:
    assert _names(callers_of(TERRITORY, *_asset("maps/server"))) == {"portal/web"}
    assert _names(callers_of(TERRITORY, *_asset("portal/db"))) == {"portal/web", "portal/db", "portal/copy"}


def test_people_reach_two_zones() -> None:
    _, web = _asset("portal/web")
    assert [zone for zone in Zone if open_to_communes(web.model_copy(update={"zone": zone}))] == [Zone.DMZ, Zone.IOT]


@given(with_services(example()))
def test_callers_and_called_are_one_relation(t: Territory) -> None:
    everything = [(service, asset) for service in t.services for asset in service.assets]
    calls = {
        (caller[0].id, caller[1].id, called[0].id, called[1].id)
        for caller in everything
        for called in called_by(t, *caller)
    }
    assert calls == {
        (caller[0].id, caller[1].id, called[0].id, called[1].id)
        for called in everything
        for caller in callers_of(t, *called)
    }
