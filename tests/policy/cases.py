"""Cases of rules as data: `cases/<rule>.yaml` lists resources and the answer they get. A new case is no code.

A case for a rule of scope `resource` or `stack` gives `resources`, the first of which is judged unless `judged` names
another. Markers of the plan (`{$unknown: true}`, `{$secret: x}`) stand for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from planning.plan import PlannedResource, ResourceOptions, StackPlan
from planning.urns import make_urn
from planning.values import Value
from policies.answers import Answer
from policies.subjects import Operation, Resource, Stack

FOLDER = Path(__file__).parent / "cases"
PROJECT, STACK = "metropole", "case"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseResource(_Model):
    """A resource of a case."""

    type: str
    name: str = "judged"
    inputs: dict[str, Value] = {}
    options: ResourceOptions = ResourceOptions()
    depends: dict[str, tuple[str, ...]] = {}
    """Property to the names of the case's resources that its value comes from."""
    operation: Operation | None = None
    provider: str | None = None
    """The name of a provider resource of the case."""


class Case(_Model):
    """What is there, and what the rule has to say about it."""

    name: str
    answer: Answer
    path: str | None = None
    """Of the finding; None where any will do."""
    says: str | None = None
    """Words the finding's message has to hold."""
    environment: str | None = "production"
    resources: tuple[CaseResource, ...]
    judged: str | None = None

    def subject(self) -> Resource:
        """The resource that is judged, in its stack."""
        stack = self.stack()
        name = self.judged or self.resources[0].name
        return next(resource for resource in stack.resources if resource.name == name)

    def stack(self) -> Stack:
        """Every resource of the case as a stack."""
        urns = {each.name: make_urn(STACK, PROJECT, "", each.type, each.name) for each in self.resources}
        planned = tuple(
            PlannedResource(
                urn=urns[each.name],
                type=each.type,
                name=each.name,
                custom=True,
                inputs=each.inputs,
                provider=f"{urns[each.provider]}::id" if each.provider else None,
                options=each.options,
                property_dependencies={key: tuple(urns[name] for name in names) for key, names in each.depends.items()},
            )
            for each in self.resources
        )
        plan = StackPlan(name=STACK, layer=STACK, environment=self.environment, resources=planned)
        return Stack(plan, {urns[each.name]: each.operation for each in self.resources if each.operation})


@cache
def cases_of(rule_id: str) -> tuple[Case, ...]:
    """The cases of one rule, in the order they are written."""
    file = FOLDER / f"{rule_id.lower().replace('-', '_')}.yaml"
    return tuple(Case.model_validate(entry) for entry in yaml.safe_load(file.read_text(encoding="utf-8")))


def case_files() -> Iterator[str]:
    """The ids that have a file."""
    return (file.stem.upper().replace("_", "-") for file in sorted(FOLDER.glob("*.yaml")))
