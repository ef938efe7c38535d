"""Pairs: the same intent, once as Terraform's own plan JSON says it, once as a Pulumi program does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml

from planning.plan import PlannedResource, StackPlan
from policies.terraform.adapter import Sent, TerraformPlan, terraform_plan
from policies.terraform.names import Names, TerraformType

FOLDER = Path(__file__).parent / "pairs"
STACK = "pairs"


@dataclass(frozen=True)
class HandWritten(TerraformPlan):
    """A plan that Terraform could have written."""

    text: str = ""

    def to_json(self) -> str:
        return self.text


def _read() -> list[tuple[str, dict[str, list[dict[str, Any]]]]]:
    found: list[tuple[str, dict[str, list[dict[str, Any]]]]] = []
    for file in sorted(FOLDER.glob("*.yaml")):
        for index, case in enumerate(cast("list[dict[str, list[dict[str, Any]]]]", yaml.safe_load(file.read_text()))):
            found.append((f"{file.stem}_{index}", case))
    return found


def by_hand() -> HandWritten:
    """Every Terraform half in one plan."""
    planned: list[dict[str, Any]] = []
    configured: list[dict[str, Any]] = []
    sent: dict[str, Sent] = {}
    for prefix, case in _read():
        local = {
            f"{each['type']}.{each['name']}": f"{each['type']}.{prefix}_{each['name']}" for each in case["terraform"]
        }
        for each in case["terraform"]:
            address = local[f"{each['type']}.{each['name']}"]
            head = {"address": address, "mode": "managed", "type": each["type"], "name": f"{prefix}_{each['name']}"}
            planned.append({**head, "values": each["values"]})
            if expressions := each.get("expressions"):
                configured.append({**head, "expressions": _renamed(expressions, local)})
            resource = _resource({"type": "by:hand:Hand", "name": head["name"], "inputs": {}}, "", {})
            sent[address] = Sent(STACK, resource, TerraformType(each["type"], Names({})))
    document = {
        "format_version": "1.2",
        "terraform_version": "1.9.8",
        "planned_values": {"root_module": {"resources": planned}},
        "configuration": {"root_module": {"resources": configured}},
    }
    return HandWritten({}, sent, {}, {}, (), json.dumps(document, indent=1))


def adapted() -> TerraformPlan:
    """Every Pulumi half, as our adapter writes it; asked for Checkov's bare verdict, so that nothing is in doubt."""
    resources: list[PlannedResource] = []
    for prefix, case in _read():
        urns = {each["name"]: _urn(each["type"], f"{prefix}_{each['name']}") for each in case["pulumi"]}
        resources += [_resource(each, prefix, urns) for each in case["pulumi"]]
    stack = StackPlan(name=STACK, layer="test", resources=tuple(resources))
    return replace(terraform_plan([stack]), unknown={})


def verdicts(plan: TerraformPlan, answer: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """(check, type and name of the resource) to Checkov's answer."""
    found: dict[tuple[str, str], str] = {}
    for verdict in answer["verdicts"]:
        item = plan.sent[verdict["address"]]
        found[verdict["check"], f"{item.type.name}.{item.resource.name}"] = verdict["answer"]
    return found


def _renamed(expressions: Any, local: Mapping[str, str]) -> Any:
    if isinstance(expressions, dict):
        return {key: _renamed(inner, local) for key, inner in cast("dict[str, Any]", expressions).items()}
    if isinstance(expressions, list):
        return [_renamed(inner, local) for inner in cast("list[Any]", expressions)]
    type_, name, *rest = cast("str", expressions).split(".")
    return ".".join([local[f"{type_}.{name}"], *rest])


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:{STACK}::pairs::{type_}::{name}"


def _resource(each: Mapping[str, Any], prefix: str, urns: Mapping[str, str]) -> PlannedResource:
    name = f"{prefix}_{each['name']}" if prefix else each["name"]
    return PlannedResource(
        urn=_urn(each["type"], name),
        type=each["type"],
        name=name,
        custom=True,
        inputs=each["inputs"],
        property_dependencies={
            key: tuple(urns[other] for other in others) for key, others in each.get("uses", {}).items()
        },
    )
