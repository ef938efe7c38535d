"""What a run of the playbook came to on each host, heard from ansible-runner's events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from providers.hosts.rules import rules_of

_LONGEST = 400
_COUNTED = ("failures", "processed")
_TASK_FAILED = "Task failed: "
_NO_CONNECTION = "Failed to connect to the host via ssh: "
_HIDDEN = "what it said is hidden, for it holds secrets"


class State(StrEnum):
    """How a run ended for one host."""

    DONE = "done"
    FAILED = "failed"
    """A task failed, and nothing came after it."""
    UNREACHABLE = "unreachable"
    """Nobody answered, or not any more."""
    UNFINISHED = "unfinished"
    """The run ended before the host was through."""


@dataclass(frozen=True)
class Outcome:
    """What became of one host."""

    state: State
    tasks: int = 0
    """How many tasks succeeded, handlers left out."""
    changed: int = 0
    """How many of them changed something, or in check mode would have."""
    rules: tuple[str, ...] = ()
    """The rules of those, each once, in order."""
    problem: str = ""
    """What went wrong, in one line; empty when nothing did."""
    failed_rules: tuple[str, ...] = ()
    """The rules of the task that failed."""
    evidence: str = ""
    """The log of the run."""


@dataclass
class _Heard:
    tasks: int = 0
    changed: int = 0
    rules: dict[str, None] = field(default_factory=dict[str, None])
    last_task: str = ""
    failed_task: str = ""
    went_on: bool = False
    """Whether it did something after that: the failure was dealt with, or is being cleared up after."""
    problem: str = ""
    unreachable: str = ""


class Tally:
    """Listens to one run."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._heard = {host: _Heard() for host in hosts}
        self._handlers: set[str] = set()
        self._stats: Mapping[str, Any] | None = None
        self._complaint = ""

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take one event of ansible-runner."""
        kind, data = event.get("event", ""), event.get("event_data", {})
        if kind == "playbook_on_stats":
            self._stats = {what: dict(data.get(what) or {}) for what in _COUNTED}
        elif kind == "playbook_on_task_start" and data.get("is_conditional"):
            # Handlers are announced as conditional tasks; nothing else is.
            self._handlers.add(data.get("task_uuid", ""))
        elif data.get("host") in self._heard:
            self._hear_host(kind, event, data, self._heard[data["host"]])
        elif kind == "verbose":
            self._hear_ansible(_line(event.get("stdout", "")))

    def _hear_ansible(self, line: str) -> None:
        """What Ansible says of itself: its first error counts, or else its first word."""
        if "ERROR" in line and "ERROR" not in self._complaint:
            self._complaint = line
        self._complaint = self._complaint or line

    def _hear_host(self, kind: str, event: Mapping[str, Any], data: Mapping[str, Any], heard: _Heard) -> None:
        task = str(data.get("task", ""))
        result: Mapping[str, Any] = data.get("res") or {}
        if kind == "runner_on_start":
            heard.last_task, heard.went_on = task, True
        elif kind == "runner_on_ok" and data.get("task_uuid") not in self._handlers:
            heard.tasks += 1
            # The result of a task that is not to be logged is gone, and with it whether it changed something.
            if result.get("changed") or event.get("stdout", "").startswith("changed:"):
                heard.changed += 1
                heard.rules |= dict.fromkeys(rules_of(task))
        elif kind == "runner_on_failed" and not data.get("ignore_errors"):
            heard.failed_task, heard.went_on, heard.problem = task, False, said(result)
        elif kind == "runner_on_unreachable":
            heard.unreachable = said(result).removeprefix(_TASK_FAILED).removeprefix(_NO_CONNECTION)

    def outcomes(self, *, cut_short: str = "", evidence: str = "") -> dict[str, Outcome]:
        """What became of every host; `cut_short` says why the run was ended before its end."""
        return {host: self._outcome(host, heard, cut_short, evidence) for host, heard in self._heard.items()}

    def _outcome(self, host: str, heard: _Heard, cut_short: str, evidence: str) -> Outcome:
        state, problem, failed_rules = State.DONE, "", ()
        if heard.unreachable:
            state, problem = State.UNREACHABLE, heard.unreachable
        elif heard.failed_task and (self._counted("failures", host) or (self._stats is None and not heard.went_on)):
            state, failed_rules = State.FAILED, rules_of(heard.failed_task)
            problem = f"task {heard.failed_task!r} failed: {heard.problem}"
        elif self._stats is None:
            state = State.UNFINISHED
            where = f", at task {heard.last_task!r}" if heard.last_task else ""
            problem = f"{cut_short or self._complaint or 'ansible ended before its end'}{where}"
        elif not self._counted("processed", host):
            state, problem = State.UNFINISHED, self._complaint or "no play of the playbook is for it"
        return Outcome(state, heard.tasks, heard.changed, tuple(heard.rules), problem, failed_rules, evidence)

    def _counted(self, what: str, host: str) -> bool:
        return bool((self._stats or {}).get(what, {}).get(host))


def said(result: Mapping[str, Any]) -> str:
    """What a failed task's result says, in one line, never what is not to be logged."""
    if "censored" in result:
        return _HIDDEN
    items: Collection[Any] = result.get("results") or ()
    for item in items:
        if isinstance(item, dict) and (item.get("failed") or item.get("unreachable")):
            return said(item)
    message = _line(str(result.get("msg", "")))
    more = _line(str(result.get("stderr") or result.get("module_stderr") or ""))
    if message.startswith("non-zero return code") and more:
        return f"{message}: {more}"[:_LONGEST]
    return message or more or "it did not say why"


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
