"""What passes between a program and its guard: one JSON object a line, questions one way and answers the other."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

VERSION: Literal[1] = 1


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class GateQuestion(_Message):
    """The first on every connection: may this stack's program begin?"""

    kind: Literal["gate"] = "gate"
    protocol: Literal[1]
    stack: str
    project: str
    """The folder of the `Pulumi.yaml` the engine works with: the other stacks' configuration is found from there."""
    dry_run: bool
    config: dict[str, str] = Field(repr=False)
    """As the engine hands it to the program, every text that is secret replaced by another one."""
    secret_keys: tuple[str, ...] = ()


class OperationQuestion(_Message):
    """May this resource be created or updated, now that its inputs are known?"""

    kind: Literal["operation"] = "operation"
    urn: str
    inputs: dict[str, Any] = Field(repr=False)
    """As on the engine's wire, secrets marked and without their value."""


Question = Annotated[GateQuestion | OperationQuestion, Field(discriminator="kind")]
question_of: TypeAdapter[GateQuestion | OperationQuestion] = TypeAdapter(Question)


class Verdict(StrEnum):
    """Whether what was asked about may go on."""

    OPEN = "open"
    CLOSED = "closed"
    ERROR = "error"
    """Nobody could tell; that stops it as well."""


class GateAnswer(_Message):
    """What the guard says."""

    verdict: Verdict
    message: str = ""
    """For people: what is broken, where, and what mends it."""
    watched: dict[str, tuple[str, ...]] = {}
    """URN to the rules that wait for its inputs: the program asks again before it is created or updated."""
