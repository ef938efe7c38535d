"""No refactoring deletes what people have deployed: what was released keeps its URN, or an alias for it."""

from __future__ import annotations

import pytest

from planning.plan import Plan, PlannedResource, ResourceOptions, StackPlan
from planning.urns import make_urn
from tests.unit.planning.released_urns import ACCEPT, TERRITORIES, lost, planned, released

SHOWN = 20


@pytest.mark.parametrize("territory", TERRITORIES)
def test_nothing_that_was_released_has_disappeared(territory: str) -> None:
    missing = lost(released(territory), planned(territory))
    told = "\n  ".join(missing[:SHOWN])
    assert not missing, (
        f"{len(missing)} resources of the last release are gone or renamed; an `up` would delete them:\n  {told}\n"
        "give what was renamed `aliases=[pulumi.Alias(name=...)]` (or parent=, type_=), "
        f"or, if they are meant to be deleted, accept it: {ACCEPT}"
    )


COMPONENT = "metropole:index:Thing"
FOLDER = "vsphere:index/folder:Folder"


def plan_of(name: str, child: str, aliases: tuple[str, ...] = (), parents_aliases: tuple[str, ...] = ()) -> Plan:
    parent = make_urn("s", "p", "", COMPONENT, name)
    resources = (
        PlannedResource(
            urn=parent, type=COMPONENT, name=name, custom=False, options=ResourceOptions(aliases=parents_aliases)
        ),
        PlannedResource(
            urn=make_urn("s", "p", parent, FOLDER, child),
            type=FOLDER,
            name=child,
            custom=True,
            parent=parent,
            options=ResourceOptions(aliases=aliases),
        ),
    )
    return Plan(
        schema_version=1,
        territory="t",
        fingerprint_key="k",
        stacks=(StackPlan(name="s", layer="l", resources=resources),),
    )


BEFORE = make_urn("s", "p", make_urn("s", "p", "", COMPONENT, "old"), FOLDER, "old-folder")


def test_what_is_renamed_without_an_alias_is_lost() -> None:
    assert lost({BEFORE}, plan_of("old", "old-folder")) == []
    assert lost({BEFORE}, plan_of("old", "new-folder")) == [BEFORE]


def test_an_alias_of_its_own_keeps_it() -> None:
    assert lost({BEFORE}, plan_of("old", "new-folder", aliases=(BEFORE,))) == []


def test_an_alias_of_what_it_is_a_part_of_keeps_it_under_its_former_name() -> None:
    renamed = (make_urn("s", "p", "", COMPONENT, "old"),)
    assert lost({BEFORE}, plan_of("new", "new-folder", parents_aliases=renamed)) == []
    assert lost({BEFORE}, plan_of("new", "new-other", parents_aliases=renamed)) == [BEFORE]
    retyped = make_urn("s", "p", "", "metropole:index:Former", "old")
    former = make_urn("s", "p", retyped, FOLDER, "old-folder")
    assert lost({former}, plan_of("old", "old-folder", parents_aliases=(retyped,))) == []
