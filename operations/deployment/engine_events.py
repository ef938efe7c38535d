"""What one engine run did, counted from the engine's own structured events, never from its text."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from pulumi.automation import EngineEvent, OpType
from pulumi.automation.events import DiagnosticEvent, StepEventMetadata

from planning.urns import is_provider_type


class Outcome(StrEnum):
    """How a stack's turn ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    """Not begun, because something it stands on failed."""


@dataclass(frozen=True)
class Failure:
    """One error or warning as its provider or the program told it."""

    message: str
    urn: str = ""

    def __str__(self) -> str:
        return f"{resource_label(self.urn)}: {self.message}" if self.urn else self.message


@dataclass(frozen=True)
class StackReport:
    """The result of one stack's turn."""

    name: str
    outcome: Outcome
    created: int = 0
    updated: int = 0
    replaced: int = 0
    deleted: int = 0
    unchanged: int = 0
    seconds: float = 0.0
    failures: tuple[Failure, ...] = ()
    warnings: tuple[Failure, ...] = ()
    """What a provider said about a resource that did not stop it: a host that did not answer, for instance."""
    by_type: Mapping[str, int] = field(default_factory=dict[str, int])
    """Type token to how many resources of it the stack holds now, of those this turn looked at; providers left out."""

    @property
    def changes(self) -> int:
        """How many resources are not as they were."""
        return self.created + self.updated + self.replaced + self.deleted

    def as_json(self) -> dict[str, Any]:
        """The object of this stack in `--json`."""
        return {**asdict(self), "outcome": str(self.outcome)}

    def __str__(self) -> str:
        counts = {
            "created": self.created,
            "updated": self.updated,
            "replaced": self.replaced,
            "deleted": self.deleted,
            "unchanged": self.unchanged,
        }
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing to do"
        return f"{self.name}: {told} in {self.seconds:.1f} s" + (
            "" if self.outcome is Outcome.SUCCEEDED else f" ({self.outcome})"
        )


@dataclass
class EventTally:
    """Collects one engine run's events. Called from the event server's threads, read by the display."""

    stack: str
    begun: float = field(default_factory=time.monotonic)
    steps: int = 0
    """Resource operations that ended so far, those of a refresh included."""
    current: str = ""
    """The resource last begun."""
    failures: list[Failure] = field(default_factory=list[Failure])
    warnings: list[Failure] = field(default_factory=list[Failure])
    changes: Mapping[str, int] = field(default_factory=dict[str, int])
    _standing: dict[str, str] = field(default_factory=dict[str, str])
    """URN to type of every resource with a provider that stands after its step."""

    def take(self, event: EngineEvent) -> None:
        """Count one event."""
        if event.resource_pre_event:
            self.current = resource_label(event.resource_pre_event.metadata.urn)
        elif event.res_outputs_event:
            self.steps += 1
            self._note(event.res_outputs_event.metadata)
        elif event.diagnostic_event and event.diagnostic_event.ephemeral:
            self._take_status(event.diagnostic_event)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            message = _plain(event.diagnostic_event.message)
            if message and not message.startswith(("update failed", "update cancelled", "destroy failed")):
                self.failures.append(Failure(message, event.diagnostic_event.urn or ""))
        elif event.diagnostic_event and event.diagnostic_event.severity == "warning":
            warning = Failure(_plain(event.diagnostic_event.message), event.diagnostic_event.urn or "")
            # A resource is read more than once in a turn.
            if warning.message and warning not in self.warnings:
                self.warnings.append(warning)
        elif event.summary_event:
            self.changes = {str(getattr(op, "value", op)): n for op, n in event.summary_event.resource_changes.items()}

    def _take_status(self, said: DiagnosticEvent) -> None:
        """What a provider says of work that goes on. It counts for nothing afterwards."""
        status = Failure(_plain(said.message), said.urn or "")
        if status.message:
            self.current = str(status)

    def _note(self, step: StepEventMetadata) -> None:
        # What was made is deleted, what was only read is discarded.
        if step.op in (OpType.DELETE, OpType.DISCARD):
            self._standing.pop(step.urn, None)
        elif step.op is not OpType.READ and step.new and step.new.custom and not is_provider_type(step.type):
            self._standing[step.urn] = step.type

    def report(self, outcome: Outcome, failures: tuple[Failure, ...] = ()) -> StackReport:
        """What became of the stack."""
        return StackReport(
            name=self.stack,
            outcome=outcome,
            created=self.changes.get(OpType.CREATE.value, 0),
            updated=self.changes.get(OpType.UPDATE.value, 0),
            replaced=self.changes.get(OpType.REPLACE.value, 0),
            deleted=self.changes.get(OpType.DELETE.value, 0),
            unchanged=self.changes.get(OpType.SAME.value, 0),
            seconds=round(time.monotonic() - self.begun, 1),
            failures=(*self.failures, *failures),
            warnings=tuple(self.warnings),
            by_type=dict(Counter(self._standing.values())),
        )


def resource_label(urn: str) -> str:
    """A URN's last type and name, short enough for a line: `vsphere:VirtualMachine lac-bastion`."""
    parts = urn.split("::")
    if len(parts) < 4:
        return urn
    kind = parts[2].rsplit("$", 1)[-1].split(":")
    return f"{kind[0]}:{kind[-1]} {parts[-1]}"


def _plain(message: str) -> str:
    """A diagnostic without the engine's colour marks (`<{%reset%}>`)."""
    text = message
    while (start := text.find("<{%")) >= 0 and (end := text.find("%}>", start)) >= 0:
        text = text[:start] + text[end + 3 :]
    return text.strip()
