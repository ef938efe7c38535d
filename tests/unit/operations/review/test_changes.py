"""What changes come to: replaced or not, about what, for whom, in which order, and with no secret in them."""

from __future__ import annotations

from operations.review.changes import Action
from operations.review.placements import placement_moves
from operations.review.replacements import Replaced, facts_of
from operations.review.topics import Topic
from planning.plan import ResourceOptions
from territory.loader import load_territory
from tests.unit.operations.review.made import BUCKET, FOLDER, VM, changes, plan, resource, urn


def test_facts_say_what_replaces() -> None:
    folder = facts_of("vsphere:index/folder:Folder")
    assert folder is not None
    assert folder.says("datacenterId") is Replaced.YES
    assert folder.says("path") is Replaced.NO
    assert folder.says("made up") is Replaced.PERHAPS
    assert facts_of("random:index/randomId:RandomId") is None


def test_a_forcing_property_replaces_and_another_updates() -> None:
    before = plan(resource("a", FOLDER, {"datacenterId": "1", "path": "x"}), resource("b", FOLDER, {"path": "x"}))
    after = plan(resource("a", FOLDER, {"datacenterId": "2", "path": "x"}), resource("b", FOLDER, {"path": "y"}))
    found = {change.name: change for change in changes(before, after)}
    assert found["a"].action is Action.REPLACE
    assert found["a"].why == ("datacenterId",)
    assert found["b"].action is Action.UPDATE


def test_what_nobody_knows_may_replace() -> None:
    kind = "random:index/randomId:RandomId"
    (change,) = changes(plan(resource("a", kind, {"byteLength": 1})), plan(resource("a", kind, {"byteLength": 2})))
    assert change.action is Action.MAY_REPLACE


def test_what_refers_to_a_replaced_resource_by_a_forcing_property_is_replaced_too() -> None:
    parent = "vsphere:index/datacenter:Datacenter"
    child = resource(
        "child",
        FOLDER,
        {"datacenterId": {"$unknown": True}, "path": "x"},
        dependencies=(urn("dc", parent),),
        property_dependencies={"datacenterId": (urn("dc", parent),)},
    )
    before = plan(resource("dc", parent, {"name": "a"}), child)
    after = plan(resource("dc", parent, {"name": "b"}), child)
    found = {change.name: change for change in changes(before, after)}
    assert found["dc"].action is Action.REPLACE
    assert found["child"].action is Action.REPLACE
    assert found["child"].why == (f"{urn('dc', parent)} is replaced",)


def test_ignored_changes_replace_nothing_and_asked_ones_do() -> None:
    ignoring, asking = ResourceOptions(ignore_changes=("datacenterId",)), ResourceOptions(replace_on_changes=("path",))
    before = plan(
        resource("a", FOLDER, {"datacenterId": "1"}, options=ignoring),
        resource("b", FOLDER, {"path": "1"}, options=asking),
    )
    after = plan(
        resource("a", FOLDER, {"datacenterId": "2"}, options=ignoring),
        resource("b", FOLDER, {"path": "2"}, options=asking),
    )
    found = {change.name: change.action for change in changes(before, after)}
    assert found == {"a": Action.UPDATE, "b": Action.REPLACE}


def test_deletes_and_replacements_come_first_then_topics() -> None:
    group, key, role = "aws:ec2/securityGroup:SecurityGroup", "aws:kms/key:Key", "aws:iam/role:Role"
    before = plan(resource("gone"), resource("f", FOLDER, {"datacenterId": "1"}))
    after = plan(
        resource("f", FOLDER, {"datacenterId": "2"}),
        resource("role", role),
        resource("key", key),
        resource("group", group),
        resource("bucket", BUCKET),
    )
    assert [change.name for change in changes(before, after)] == ["gone", "f", "group", "key", "role", "bucket"]
    assert changes(before, after)[2].topics == (Topic.EXPOSURE,)


def test_a_changed_secret_is_named_and_never_shown() -> None:
    before = plan(resource("a", BUCKET, {"password": {"$secret": "f1"}, "nested": {"deep": {"$secret": "f3"}}}))
    after = plan(resource("a", BUCKET, {"password": {"$secret": "f2"}, "nested": "x"}))
    (change,) = changes(before, after)
    assert change.secrets == ("inputs.password",)
    text = change.model_dump_json()
    assert not any(mark in text for mark in ("f1", "f2", "f3"))


def test_communes_and_services_are_found_by_name_and_by_what_hangs_on_a_change() -> None:
    sandbox = load_territory("sandbox")
    leaf = resource("edge-commune-33318-pessac-x", dependencies=(urn("water-telemetry-group"),))
    before = plan(resource("water-telemetry-group", VM, {"memory": 1}), leaf)
    after = plan(resource("water-telemetry-group", VM, {"memory": 2}), leaf)
    (change,) = changes(before, after, sandbox)
    assert change.touches.services == ("water-telemetry",)
    assert change.touches.communes == ()
    assert change.reaches.communes == ("33318",)


def test_an_asset_that_moves_is_told() -> None:
    sandbox = load_territory("sandbox")
    service = sandbox.services[1]
    asset = service.assets[0].model_copy(update={"sites": ("pessac",)})
    services = (sandbox.services[0], service.model_copy(update={"assets": (asset,)}), *sandbox.services[2:])
    (move,) = placement_moves(sandbox, sandbox.model_copy(update={"services": services}))
    assert (move.subject, move.what, move.before, move.after) == ("asset web", "sites", "lac", "pessac")


def test_a_long_chain_of_changes_is_no_trouble() -> None:
    many = [
        resource(f"n{i}", VM, {"memory": 1}, dependencies=(urn(f"n{i - 1}"),) if i else ()) for i in range(30_000)
    ]  # fmt: skip
    assert len(changes(plan(), plan(*many), load_territory("sandbox"))) == 30_000
