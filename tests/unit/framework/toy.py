"""A tiny package over a dictionary for a world: what the framework does, free of any vCenter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from providers.logic import CheckFailure, CheckResult, DiffResult, Properties, ProviderError
from twin.framework.declaration import (
    Call,
    Changes,
    DataSource,
    Found,
    Inputs,
    Kept,
    Output,
    Package,
    Property,
    Record,
    ResourceType,
)
from twin.framework.provider import DeclaredProvider
from twin.framework.schema import FunctionFacts, ObjectFacts, PropertyFacts, ResourceFacts, SchemaFacts

TOKEN = "toy:index/box:Box"
OTHER = "toy:index/crate:Crate"
FIND = "toy:index/getBox:getBox"
URN = f"urn:pulumi:s::p::{TOKEN}::mine"


@dataclass
class Shelf:
    """The world: boxes by id, and the ways it can misbehave."""

    boxes: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    forgets: set[str] = field(default_factory=set[str])
    breaks: str = ""
    updates: list[frozenset[str]] = field(default_factory=list[frozenset[str]])


FACTS = ResourceFacts(
    "toy_box",
    {
        "name": PropertyFacts("string", forces_new=True),
        "size": PropertyFacts("integer"),
        "colour": PropertyFacts("string"),
        "labels": PropertyFacts(["string"]),
        "notes": PropertyFacts({"*": "string"}),
        "parts": PropertyFacts(["toy:index/Part:Part"]),
        "password": PropertyFacts("string", secret=True),
        "weight": PropertyFacts("number"),
    },
    frozenset({"size"}),
    {"serial": "string", "revision": "integer"},
)
SCHEMA = SchemaFacts(
    "made up",
    {TOKEN: FACTS, OTHER: ResourceFacts("toy_crate", {}, frozenset(), {})},
    {FIND: FunctionFacts({"name": "string", "shape": "string"}, frozenset({"name"}), {"id": "string"})},
    {
        "toy:index/Part:Part": ObjectFacts(
            {"kind": "string", "count": "integer", "mark": "string", "glue": "string"}, frozenset({"kind"})
        )
    },
)


def _create(call: Call[Shelf], inputs: Inputs) -> str:
    if inputs["name"] in call.world.boxes:
        raise ProviderError(f"box {inputs['name']!r} already exists")
    call.world.boxes[inputs["name"]] = {}
    return str(inputs["name"])


def _settle(call: Call[Shelf], id_: str, inputs: Inputs) -> None:
    kept = {name: value for name, value in inputs.items() if name not in {*call.world.forgets, "password"}}
    call.world.boxes[id_] = {**kept, "serial": f"no-{id_}", "revision": 1}
    if call.world.breaks:
        raise ValueError(call.world.breaks)


def _read(call: Call[Shelf], id_: str, known: Inputs) -> Record | None:
    box = call.world.boxes.get(id_)
    if box is None:
        return None
    parts = [{"mark": "stamped", **part} for part in box.get("parts", [])]
    return {**box, "name": id_, **({"parts": parts} if parts else {})}


def _update(call: Call[Shelf], id_: str, changes: Changes) -> None:
    call.world.updates.append(changes.names)
    _settle(call, id_, changes.new)


def _delete(call: Call[Shelf], id_: str, known: Inputs) -> None:
    call.world.boxes.pop(id_, None)


def _locate(call: Call[Shelf], name: str) -> Found | None:
    return Found(name.removeprefix("/")) if name.startswith("/") else None


def _identify(call: Call[Shelf], inputs: Inputs) -> str | None:
    return inputs["name"] if inputs["name"] in call.world.boxes else None


def _not_red_and_huge(inputs: Inputs) -> Iterable[CheckFailure]:
    if inputs.get("colour") == "red" and inputs.get("size") == 9:
        yield CheckFailure("size", "red boxes are smaller")


BOX = ResourceType[Shelf](
    TOKEN,
    properties=(
        Property("name"),
        Property("size", low=1, high=9),
        Property("colour", default="blue", allowed=("blue", "red"), conflicts=("notes",)),
        Property("labels", unordered=True),
        Property("notes"),
        Property(
            "parts",
            fields=(Property("kind"), Property("count", default=1), Property("mark", computed=True)),
        ),
        Property("password", kept=Kept.STATE),
    ),
    outputs=(Output("serial"), Output("revision", volatile=True)),
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    locate=_locate,
    identify=_identify,
    identity=("name",),
    autoname="name",
    rules=(_not_red_and_huge,),
)


def _find(call: Call[Shelf], args: Inputs) -> Inputs:
    if args["name"] not in call.world.boxes:
        raise ProviderError(f"box {args['name']!r} not found")
    return {"id": args["name"]}


class ToyProvider(DeclaredProvider[Shelf]):
    name = "toy"
    version = "1.0.0"

    def __init__(self) -> None:
        super().__init__(Package.of((BOX,), (DataSource[Shelf](FIND, ("name",), ("id",), _find),)), SCHEMA)
        self.shelf = Shelf()

    def world(self) -> Shelf:
        return self.shelf

    def explain(self, error: Exception) -> ProviderError | None:
        return ProviderError(f"the shelf says: {error}") if isinstance(error, ValueError) else None

    def check_config(self, news: Properties) -> CheckResult:
        return CheckResult(news)

    def diff_config(self, olds: Properties, news: Properties) -> DiffResult:
        return DiffResult()

    def configure(self, config: Properties) -> None: ...

    def close(self) -> None: ...
