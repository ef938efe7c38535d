"""A provider whose world is a dictionary, with switches for everything that can go wrong."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from pulumi.provider.experimental.property_value import PropertyValue

from providers.logic import (
    Change,
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    PartialFailure,
    Properties,
    ProviderError,
    ProviderLogic,
    ReadResult,
)
from providers.values import UNKNOWN, property_value, same


@dataclass
class MemoryLogic(ProviderLogic):
    """Resources have an `id` and keep what they are given; an input named `fail` says how to fail."""

    name: str = "memory"
    version: str = "1.2.3"
    config: Properties = field(default_factory=dict[str, PropertyValue])
    world: dict[str, Properties] = field(default_factory=dict[str, Properties])
    seen: list[tuple[object, ...]] = field(default_factory=list[tuple[object, ...]])
    cancelled: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def check_config(self, news: Properties) -> CheckResult:
        if "server" not in news:
            return CheckResult(news, (CheckFailure("server", "is required"),))
        return CheckResult(news)

    def diff_config(self, olds: Properties, news: Properties) -> DiffResult:
        same_server = same(olds["server"], news["server"])
        return DiffResult({} if same_server else {"server": Change.UPDATE_REPLACE})

    def configure(self, config: Properties) -> None:
        self.config = config

    def check(self, urn: str, type_: str, olds: Properties, news: Properties) -> CheckResult:
        self.seen.append(("check", type_, olds, news))
        if not type_.startswith("memory:"):
            return CheckResult(news, (CheckFailure("", f"unknown type {type_}"),))
        return CheckResult({"size": property_value(1), **news})

    def diff(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        self.seen.append(("diff", old_inputs, old_outputs, new_inputs, tuple(ignore_changes)))
        changes: dict[str, Change] = {}
        for key in old_inputs.keys() | new_inputs.keys():
            if key not in new_inputs:
                changes[key] = Change.DELETE
            elif key not in old_inputs:
                changes[key] = Change.ADD
            elif not same(old_inputs[key], new_inputs[key]):
                changes[key] = Change.UPDATE_REPLACE if key == "name" else Change.UPDATE
            elif key in old_outputs and not same(old_outputs[key], new_inputs[key]):
                changes[f"{key}[0]"] = Change.UPDATE
        return DiffResult(changes, delete_before_replace="name" in changes)

    def create(self, urn: str, type_: str, inputs: Properties, preview: bool, timeout: float) -> CreateResult:
        self.seen.append(("create", preview, timeout))
        if preview:
            return CreateResult("", {**inputs, "address": UNKNOWN})
        self._fail(inputs)
        id_ = f"id-{len(self.world) + 1}"
        self.world[id_] = {**inputs, "address": property_value("10.0.0.1")}
        return CreateResult(id_, self.world[id_])

    def read(self, urn: str, type_: str, id_: str, inputs: Properties, properties: Properties) -> ReadResult:
        if id_ not in self.world:
            return ReadResult("", {}, {})
        kept = self.world[id_]
        return ReadResult(id_, {key: kept[key] for key in kept if key != "address"}, kept)

    def update(
        self,
        urn: str,
        type_: str,
        id_: str,
        old_inputs: Properties,
        old_outputs: Properties,
        new_inputs: Properties,
        preview: bool,
        timeout: float,
    ) -> Properties:
        self._fail(new_inputs)
        self.world[id_] = {**new_inputs, "address": old_outputs["address"]}
        return self.world[id_]

    def delete(self, urn: str, type_: str, id_: str, inputs: Properties, outputs: Properties, timeout: float) -> None:
        self.seen.append(("delete", inputs, outputs))
        self.world.pop(id_, None)

    def invoke(self, token: str, args: Properties) -> tuple[Properties, tuple[CheckFailure, ...]]:
        if "name" not in args:
            return {}, (CheckFailure("name", "is required"),)
        return {"id": property_value("found"), "name": args["name"]}, ()

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.closed.set()

    def _fail(self, inputs: Properties) -> None:
        how = inputs["fail"].value if "fail" in inputs else None
        if how == "refuse":
            raise ProviderError("host lac-esxi-9 is not known to the vCenter: name one of world.yaml's")
        if how == "partly":
            self.world["id-half"] = inputs
            raise PartialFailure("id-half", {**inputs, "address": property_value("")}, inputs, ["no tag", "no role"])
        if how == "crash":
            raise ZeroDivisionError("first line\nsecond line, with the secret hunter2")
        if how == "wait":
            self.cancelled.wait(30)
            raise ProviderError("cancelled")
