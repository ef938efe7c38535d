"""How a stand-in provider says what it can do: one short declaration a resource type or data source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, TypeVar

from providers.logic import CheckFailure
from twin.framework.deadline import Deadline
from twin.framework.values import Canonical, Plain

World = TypeVar("World")
"""What calls are made on: a session with a vCenter, a client of a cloud."""

Inputs = Mapping[str, Plain]


class Kept(Enum):
    """Who remembers a property."""

    WORLD = "world"
    """The world: it is written there and read back from there."""
    STATE = "state"
    """Only the state: it tells the provider how to act (a timeout, a password, where to clone from)."""


@dataclass(frozen=True)
class Given:
    """A sample value that only exists in the world a test has prepared: the id of its object of that name."""

    name: str


def _same(value: Plain) -> Plain:
    return value


@dataclass(frozen=True)
class Property:
    """One property of a resource type, or one field of a nested object. Types and requiredness are the schema's."""

    name: str
    path: str = ""
    """Where the request and the answer have it, dotted; empty when the type's own functions take care of it."""
    write: str | None = None
    """The path in the request, where it differs from `path`."""
    read: str | None = None
    """The path in the answer, where it differs from `path`."""
    default: Plain = None
    """What the official provider fills in."""
    computed: bool = False
    """Left out, the world decides, and whatever it decides is no difference."""
    unordered: bool = False
    """A list whose order means nothing."""
    fields: tuple[Property, ...] = ()
    """The exercised fields of a nested object, or of each object in a list."""
    allowed: tuple[Plain, ...] = ()
    low: int | None = None
    high: int | None = None
    conflicts: tuple[str, ...] = ()
    """Properties that cannot be given together with this one."""
    kept: Kept = Kept.WORLD
    replaces: bool = False
    """A change needs a new resource although the schema alone does not say so."""
    encode: Callable[[Plain], Plain] = _same
    decode: Callable[[Plain], Plain] = _same
    canonical: Canonical = _same
    samples: tuple[Plain, ...] = ()
    """Values the generated test writes and reads back, in this order: create with the first, update to the others."""

    @property
    def write_path(self) -> str:
        """Where the request has it."""
        return self.path if self.write is None else self.write

    @property
    def read_path(self) -> str:
        """Where the answer has it."""
        return self.path if self.read is None else self.read


@dataclass(frozen=True)
class Output:
    """A property only the world decides."""

    name: str
    path: str = ""
    decode: Callable[[Plain], Plain] = _same
    volatile: bool = False
    """Moves by itself (a version counter): never a difference, unknown in the preview of an update."""


@dataclass(frozen=True)
class Call(Generic[World]):
    """One operation on the world."""

    world: World
    deadline: Deadline


@dataclass(frozen=True)
class Changes:
    """What an update is asked to do."""

    old: Inputs
    """The state's outputs."""
    new: Inputs
    """The checked inputs."""
    names: frozenset[str]
    """The properties that differ."""

    def touch(self, *names: str) -> bool:
        """Whether one of these properties differs."""
        return not self.names.isdisjoint(names)


@dataclass(frozen=True)
class Found:
    """A resource met in an import: its id, and what its reading needs to know besides."""

    id: str
    known: Inputs = field(default_factory=dict[str, Plain])


Record = Mapping[str, Plain]
"""What the world answered: keys are the first parts of read paths, or names of properties read by a function."""


@dataclass(frozen=True)
class ResourceType(Generic[World]):
    """A resource type: its properties, and small functions for what differs from type to type."""

    token: str
    properties: tuple[Property, ...]
    outputs: tuple[Output, ...]
    create: Callable[[Call[World], Inputs], str]
    """Makes the object, never adopts one, and returns its id. What can fail afterwards belongs to `settle`."""
    read: Callable[[Call[World], str, Inputs], Record | None]
    """What the world has under this id; the last argument is what the state knows. None: gone."""
    update: Callable[[Call[World], str, Changes], None]
    delete: Callable[[Call[World], str, Inputs], None]
    """Removes the object; one that is gone is no error."""
    locate: Callable[[Call[World], str], Found | None]
    """Finds what an import names, in the official provider's import syntax. None: no such syntax, or nothing there."""
    identify: Callable[[Call[World], Inputs], str | None] | None = None
    """The id of the object that `create` with these inputs would have made, if it is there."""
    settle: Callable[[Call[World], str, Inputs], None] | None = None
    """Steps after the object exists (hosts, tags): a failure here leaves a resource that an update can mend."""
    identity: tuple[str, ...] = ()
    """Properties that make up its name: a replacement that keeps them all cannot exist beside the old one."""
    replacing: Callable[[Inputs, Inputs], Iterable[str]] | None = None
    """From the state's outputs and the checked inputs: properties whose change needs a new resource this time."""
    autoname: str | None = None
    """The property that gets a generated name when left out."""
    autoname_prefix: str = ""
    """What every name of this type has to start with (`alias/`)."""
    rules: tuple[Callable[[Inputs], Iterable[CheckFailure]], ...] = ()
    """Checks that look at more than one property. They see unknown values as `UNKNOWN`."""
    import_syntax: str = ""
    """How an import names it, for messages."""
    timeout: float = 300.0
    """Seconds, unless the user sets `custom_timeouts`."""

    def property(self, name: str) -> Property | None:
        """The declared property of that name."""
        return next((item for item in self.properties if item.name == name), None)


@dataclass(frozen=True)
class DataSource(Generic[World]):
    """A data source: which arguments it honours, and the function that looks."""

    token: str
    arguments: tuple[str, ...]
    results: tuple[str, ...]
    """The outputs it fills in; others of the schema are left out, never invented."""
    run: Callable[[Call[World], Inputs], Mapping[str, Plain]]


@dataclass(frozen=True)
class Package(Generic[World]):
    """All a stand-in provider offers."""

    types: Mapping[str, ResourceType[World]]
    sources: Mapping[str, DataSource[World]]

    @staticmethod
    def of(types: Sequence[ResourceType[World]], sources: Sequence[DataSource[World]]) -> Package[World]:
        """Index declarations by token."""
        return Package({item.token: item for item in types}, {item.token: item for item in sources})
