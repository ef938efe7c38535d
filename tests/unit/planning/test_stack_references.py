from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from planning.errors import RegistrationRefused
from planning.values import UNKNOWN, is_secret
from tests.unit.planning.programs import toy
from tests.unit.planning.recording import resource, run


def upstream() -> None:
    one = toy.Thing("one", label="x", opts=pulumi.ResourceOptions(provider=toy.Provider("toy")))
    pulumi.export("label", one.label)
    pulumi.export("serial", one.serial)


def secretive() -> None:
    pulumi.export("public", {"name": "lac"})
    pulumi.export("token", pulumi.Config("metropole").require_secret("token"))


def reader(name: str, output: Callable[[pulumi.StackReference], pulumi.Output[Any]]) -> Callable[[], None]:
    def program() -> None:
        reference = pulumi.StackReference(name)
        opts = pulumi.ResourceOptions(provider=toy.Provider("toy"))
        toy.Thing("reader", label=output(reference), opts=opts)

    return program


@pytest.mark.parametrize("name", ["toy-up", "organization/metropole/toy-up"])
def test_outputs_are_those_of_the_upstream_plan(name: str) -> None:
    up = run(upstream, stack="toy-up")
    planned = run(reader(name, lambda ref: ref.outputs["serial"]), upstream={"toy-up": up}).plan
    assert resource(planned, "reader").inputs == {"label": UNKNOWN}
    planned = run(reader(name, lambda ref: ref.outputs["label"]), upstream={"toy-up": up}).plan
    assert resource(planned, "reader").inputs == {"label": "x"}
    reference = resource(planned, name)
    assert reference.external
    assert reference.id == name
    assert reference.outputs["outputs"] == {"label": "x", "serial": UNKNOWN}


def test_secrets_arrive_as_secrets_and_never_in_the_plan() -> None:
    up = run(secretive, {"token": {"secure": "hunter2"}}, stack="toy-up")
    seen: list[str] = []

    def noticed(text: str) -> str:
        seen.append(text)
        return text

    token = run(reader("toy-up", lambda ref: ref.require_output("token").apply(noticed)), upstream={"toy-up": up}).plan
    assert seen == ["hunter2"]
    assert is_secret(resource(token, "reader").inputs["label"])
    assert "hunter2" not in token.model_dump_json()
    public = run(reader("toy-up", lambda ref: ref.require_output("public")["name"]), upstream={"toy-up": up}).plan
    assert resource(public, "reader").inputs == {"label": "lac"}


@pytest.mark.parametrize("name", ["toy-up", "organization/elsewhere/toy-down", "toy"])
def test_a_stack_that_is_not_planned_is_named(name: str) -> None:
    down = run(upstream, stack="toy-down")
    with pytest.raises(RegistrationRefused) as refused:
        run(reader(name, lambda ref: ref.outputs["label"]), upstream={"toy-down": down})
    assert refused.value.message == f"it reads the outputs of stack '{name}', which is not planned before it"
    assert refused.value.remedy is not None
    assert refused.value.source is not None
