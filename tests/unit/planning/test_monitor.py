"""What the monitor records. That the engine agrees is tested in tests/twin/planning with the engine itself."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from planning.errors import ProgramFailed, RegistrationRefused
from planning.plan import CustomTimeouts, Diagnostic, Hook, PlannedResource, Source
from planning.values import UNKNOWN, is_secret
from planning.wire import UNKNOWN as UNKNOWN_ID
from tests.unit.planning.programs import toy
from tests.unit.planning.recording import plan, resource

PREFIX = "urn:pulumi:toy-dev::metropole::"
PROVIDER = f"{PREFIX}pulumi:providers:toy::toy::{UNKNOWN_ID}"
STACK = f"{PREFIX}pulumi:pulumi:Stack::metropole-toy-dev"


def provided(**options: Any) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=toy.Provider("toy"), **options)


def test_a_resource_is_recorded_whole() -> None:
    def program() -> None:
        toy.Thing("one", label="x", settings={"n": 3, "f": 0.5, "nothing": None}, opts=provided(protect=True))

    one = resource(plan(program), "one")
    assert one.source is not None
    assert one.source.file == "tests/unit/planning/test_monitor.py"
    assert one == PlannedResource(
        urn=f"{PREFIX}toy:index:Thing::one",
        type="toy:index:Thing",
        name="one",
        custom=True,
        parent=STACK,
        provider=PROVIDER,
        inputs={"label": "x", "settings": {"n": 3, "f": 0.5, "nothing": None}},
        options=one.options.model_copy(update={"protect": True, "version": "1.2.3"}),
        source=Source(file=one.source.file, line=one.source.line),
    )


def test_it_is_a_preview_of_nothing_deployed() -> None:
    seen: dict[str, Any] = {}

    def program() -> None:
        seen["dry run"] = pulumi.runtime.is_dry_run()
        seen["organization"] = pulumi.get_organization()
        seen["stack"] = (pulumi.get_project(), pulumi.get_stack())
        one = toy.Thing("one", label="x", opts=provided())
        one.label.apply(lambda label: seen.update(label=label))
        one.serial.apply(lambda serial: seen.update(serial=serial))
        one.id.apply(lambda id_: seen.update(id=id_))

    plan(program)
    assert seen == {"dry run": True, "organization": "organization", "stack": ("metropole", "toy-dev"), "label": "x"}


def test_unknowns_and_what_they_come_from_are_kept() -> None:
    def program() -> None:
        opts = provided()
        one = toy.Thing("one", label="x", opts=opts)
        toy.Thing("two", label=one.serial, settings={"known": one.label, "id": one.id}, opts=opts)

    two = resource(plan(program), "two")
    one = f"{PREFIX}toy:index:Thing::one"
    assert two.inputs == {"label": UNKNOWN, "settings": {"known": "x", "id": UNKNOWN}}
    assert two.dependencies == (one,)
    assert two.property_dependencies == {"label": (one,), "settings": (one,)}


def test_secrets_stay_secret_wherever_they_go() -> None:
    def program() -> None:
        opts = provided(additional_secret_outputs=["label"])
        token = pulumi.Config("metropole").require_secret("token")
        one = toy.Thing("one", label="public", settings={"deep": {"token": token}}, opts=opts)
        toy.Thing("two", label=one.label, settings=token.apply(lambda text: {"in": [text]}), opts=provided_again(opts))
        pulumi.export("token", token)
        pulumi.export("length", token.apply(len))
        pulumi.log.info("the token is hunter2")

    planned = plan(program, {"token": {"secure": "hunter2"}})
    assert "hunter2" not in planned.model_dump_json()
    assert is_secret(resource(planned, "one").inputs["settings"]["deep"]["token"])
    assert is_secret(resource(planned, "two").inputs["label"])
    assert is_secret(resource(planned, "two").inputs["settings"])
    assert is_secret(planned.outputs["token"])
    assert is_secret(planned.outputs["length"])
    assert planned.diagnostics == (Diagnostic(severity="info", message="the token is [secret]"),)


def provided_again(opts: pulumi.ResourceOptions) -> pulumi.ResourceOptions:
    return pulumi.ResourceOptions(provider=opts.provider)


def test_components_hand_down_what_the_engine_hands_down() -> None:
    def program() -> None:
        provider = toy.Provider("toy")
        outer = toy.Group("outer", opts=pulumi.ResourceOptions(providers=[provider], protect=True))
        inner = toy.Group("inner", opts=pulumi.ResourceOptions(parent=outer))
        leaf = toy.Thing("leaf", label="x", opts=pulumi.ResourceOptions(parent=inner))
        inner.register_outputs({"leaf": leaf.label, "serial": leaf.serial})

    planned = plan(program)
    leaf = resource(planned, "leaf")
    assert leaf.urn == f"{PREFIX}metropole:index:Group$metropole:index:Group$toy:index:Thing::leaf"
    assert leaf.provider == PROVIDER
    assert leaf.options.protect is True
    assert resource(planned, "inner").outputs == {"leaf": "x", "serial": UNKNOWN}
    assert resource(planned, "outer").options.providers == {"toy": PROVIDER}
    assert not resource(planned, "inner").is_deployable


def test_every_option_is_recorded() -> None:
    def program() -> None:
        opts = provided()
        one = toy.Thing("one", opts=opts)
        toy.Thing(
            "two",
            opts=pulumi.ResourceOptions(
                provider=opts.provider,
                depends_on=[one],
                protect=False,
                delete_before_replace=True,
                ignore_changes=["label"],
                replace_on_changes=["settings"],
                replacement_trigger="again",
                replace_with=[one],
                additional_secret_outputs=["serial"],
                retain_on_delete=True,
                deleted_with=one,
                import_="id-of-two",
                custom_timeouts=pulumi.CustomTimeouts(create="1h30m", delete="500ms"),
                hide_diffs=["label"],
                aliases=[pulumi.Alias(name="second")],
            ),
        )

    two = resource(plan(program), "two")
    one = f"{PREFIX}toy:index:Thing::one"
    assert two.dependencies == (one,)
    assert two.options.model_dump(exclude_defaults=True) == {
        "protect": False,
        "delete_before_replace": True,
        "ignore_changes": ("label",),
        "replace_on_changes": ("settings",),
        "replacement_trigger": "again",
        "replace_with": (one,),
        "additional_secret_outputs": ("serial",),
        "retain_on_delete": True,
        "deleted_with": one,
        "import_id": "id-of-two",
        "custom_timeouts": CustomTimeouts(create=5400, delete=0.5).model_dump(exclude_defaults=True),
        "hide_diffs": ("label",),
        "aliases": (f"{PREFIX}toy:index:Thing::second",),
        "version": "1.2.3",
    }


def test_hooks_are_recorded_and_never_run() -> None:
    def program() -> None:
        def explode(_: pulumi.ResourceHookArgs) -> None:
            raise AssertionError("a plan changes nothing, so there is nothing to hook into")

        guard = pulumi.ResourceHook("guard", explode, pulumi.ResourceHookOptions(on_dry_run=True))
        binding = pulumi.ResourceHookBinding(before_create=[guard], before_update=[guard])
        toy.Thing("one", opts=provided(hooks=binding))

    planned = plan(program)
    assert planned.hooks == (Hook(name="guard", kind="resource", on_dry_run=True),)
    assert resource(planned, "one").options.hooks == {"before_create": ("guard",), "before_update": ("guard",)}


def test_transforms_are_applied_innermost_first() -> None:
    def append(text: str) -> Any:
        def transform(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
            if args.type_ != "toy:index:Thing":
                return None
            label = pulumi.Output.from_input(args.props["label"]).apply(lambda before: before + text)
            return pulumi.ResourceTransformResult({**args.props, "label": label}, args.opts)

        return transform

    def program() -> None:
        pulumi.runtime.register_resource_transform(append(" stack"))
        opts = provided()
        group = toy.Group("group", opts=pulumi.ResourceOptions(transforms=[append(" parent")]))
        own = pulumi.ResourceOptions(provider=opts.provider, parent=group, transforms=[append(" own")])
        one = toy.Thing("one", label="x", opts=own)
        toy.Thing("two", label=pulumi.Output.secret("y"), settings=one.serial, opts=provided_again(opts))

    planned = plan(program)
    assert resource(planned, "one").inputs == {"label": "x own parent stack"}
    assert is_secret(resource(planned, "two").inputs["label"])
    assert resource(planned, "two").inputs["settings"] == UNKNOWN
    assert resource(planned, "two").property_dependencies == {"settings": (resource(planned, "one").urn,)}


def test_a_function_of_a_provider_is_unknown() -> None:
    def program() -> None:
        opts = provided()
        found = toy.lookup("known", pulumi.InvokeOutputOptions(provider=opts.provider))
        toy.Thing("one", label=found.apply(lambda result: result["id"]), opts=opts)

    assert resource(plan(program), "one").inputs == {"label": UNKNOWN}


def test_a_function_called_for_its_value_names_the_form_to_use() -> None:
    def program() -> None:
        import pulumi_vsphere as vsphere

        provider = vsphere.Provider("p", user="u", password="p", vsphere_server="s")
        vsphere.get_datacenter(name="lac", opts=pulumi.InvokeOptions(provider=provider))

    with pytest.raises(ProgramFailed, match="call its `_output` form"):
        plan(program)


def test_a_default_provider_is_made_where_it_may_be() -> None:
    def program() -> None:
        toy.Thing("one", label="x")

    planned = plan(program, {"toy:token": {"secure": "t"}, "toy:zone": "east"})
    default = resource(planned, "default_1_2_3")
    assert default.urn == f"{PREFIX}pulumi:providers:toy::default_1_2_3"
    assert default.parent is None
    assert default.inputs["zone"] == "east"
    assert is_secret(default.inputs["token"])
    assert resource(planned, "one").provider == f"{default.urn}::{UNKNOWN_ID}"


@pytest.mark.parametrize("barred", [["*"], ["aws", "toy"]])
def test_a_default_provider_is_refused_where_it_may_not_be(barred: list[str]) -> None:
    def program() -> None:
        toy.Thing("one", label="x")

    with pytest.raises(RegistrationRefused) as refused:
        plan(program, {"pulumi:disable-default-providers": barred})
    assert refused.value.message == (
        f"Default provider for 'toy' disabled. '{PREFIX}toy:index:Thing::one' must use an explicit provider."
    )
    assert refused.value.source is not None
    assert refused.value.source.startswith("tests/unit/planning/test_monitor.py:")
    assert "provider=" in str(refused.value)


def test_a_duplicate_is_refused_with_both_its_places() -> None:
    def program() -> None:
        opts = provided()
        toy.Thing("same", label="x", opts=opts)
        toy.Thing("same", label="y", opts=opts)

    with pytest.raises(RegistrationRefused) as refused:
        plan(program)
    urn = f"{PREFIX}toy:index:Thing::same"
    assert refused.value.message == f"Duplicate resource URN '{urn}'; try giving it a unique name"
    first, second = (str(part).rpartition(":")[2] for part in (refused.value.remedy, refused.value.source))
    assert int(first.rstrip(".")) + 1 == int(second)


def test_a_program_that_raises_is_told_in_its_own_words() -> None:
    def program() -> None:
        raise LookupError("no vCenter answers to hunter2")

    with pytest.raises(ProgramFailed) as failed:
        plan(program, {"token": {"secure": "hunter2"}})
    assert str(failed.value).startswith("toy-dev: tests/unit/planning/test_monitor.py:")
    assert failed.value.message == "LookupError: no vCenter answers to [secret]"
    assert failed.value.detail is not None
    assert "hunter2" not in failed.value.detail.replace('raise LookupError("no vCenter answers to hunter2")', "")


def test_a_run_error_is_a_message_and_no_traceback() -> None:
    def program() -> None:
        raise pulumi.RunError("metropole:layer: is not set")

    with pytest.raises(ProgramFailed) as failed:
        plan(program)
    assert failed.value.message == "metropole:layer: is not set"
    assert failed.value.detail is None


def test_an_error_inside_an_apply_stops_the_plan() -> None:
    def program() -> None:
        one = toy.Thing("one", label="x", opts=provided())
        pulumi.export("broken", one.label.apply(json.loads))

    with pytest.raises(ProgramFailed, match="Expecting value"):
        plan(program)


def test_two_runs_do_not_see_each_other() -> None:
    def program() -> None:
        toy.Thing("one", label=pulumi.Config("metropole").get("label") or "none", opts=provided())

    assert resource(plan(program, {"label": "set"}), "one").inputs == {"label": "set"}
    assert resource(plan(program), "one").inputs == {"label": "none"}


def test_transforms_of_function_calls_may_choose_the_provider() -> None:
    asked: list[str] = []

    def program() -> None:
        provider = toy.Provider("toy")

        def transform(args: pulumi.InvokeTransformArgs) -> pulumi.InvokeTransformResult:
            asked.append(args.token)
            return pulumi.InvokeTransformResult(args.args, pulumi.InvokeOptions(provider=provider))

        pulumi.runtime.register_invoke_transform(transform)
        label = toy.lookup("known").apply(lambda result: result["id"])
        toy.Thing("one", label=label, opts=pulumi.ResourceOptions(provider=provider))

    planned = plan(program, {"pulumi:disable-default-providers": ["*"]})
    assert asked == ["toy:index:lookup"]
    assert resource(planned, "one").inputs == {"label": UNKNOWN}


def test_a_resource_that_is_read_is_external_and_unknown() -> None:
    def program() -> None:
        opts = pulumi.ResourceOptions(provider=toy.Provider("toy"), id="id-of-one")
        one = toy.Thing("one", opts=opts)
        toy.Thing("two", label=one.serial, settings=one.id, opts=provided_again(opts))

    planned = plan(program)
    assert resource(planned, "one").external
    assert resource(planned, "one").id == "id-of-one"
    assert not resource(planned, "one").is_deployable
    assert resource(planned, "two").inputs == {"label": UNKNOWN, "settings": "id-of-one"}
