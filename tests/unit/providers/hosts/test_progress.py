"""What is told of a run that goes on, and what of garbage."""

from __future__ import annotations

from typing import Any

import pytest

from providers.hosts.progress import Progress


def start(**data: Any) -> dict[str, Any]:
    return {"event": "runner_on_start", "event_data": data}


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def progress(told: list[tuple[str, str]]) -> Progress:
    return Progress(["a", "b"], lambda host, role: told.append((host, role)))


def test_a_role_is_told_once_for_each_host(progress: Progress, told: list[tuple[str, str]]) -> None:
    for host, role in (("a", "ssh"), ("a", "ssh"), ("b", "ssh"), ("a", "audit"), ("a", "ssh")):
        progress.hear(start(host=host, role=role))
    assert told == [("a", "ssh"), ("b", "ssh"), ("a", "audit")]


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"event": "runner_on_start"},
        {"event": "runner_on_ok", "event_data": {"host": "a", "role": "ssh"}},
        start(host="a"),
        start(role="ssh"),
        start(host="stranger", role="ssh"),
        start(host="a", role="\x1b[2Jssh"),
        start(host=["a"], role={"ssh": 1}),
    ],
)
def test_what_says_nothing_of_a_role_is_not_told(
    event: dict[str, Any], progress: Progress, told: list[tuple[str, str]]
) -> None:
    progress.hear(event)
    assert told == []
