"""Ports on loopback: outside the ephemeral range, stable, never one in use."""

from __future__ import annotations

import socket

import pytest

from operations.worlds.ports import HIGHEST, LOWEST, candidate_range, choose_port, is_free


@pytest.mark.parametrize(
    ("ephemeral", "expected"),
    [
        ((32768, 60999), range(LOWEST, HIGHEST + 1)),
        ((25000, 60999), range(LOWEST, 25000)),
        ((10000, 25000), range(25001, HIGHEST + 1)),
        ((1024, 65535), range(LOWEST, HIGHEST + 1)),
    ],
)
def test_candidates_avoid_the_ephemeral_range_where_anything_is_left(
    ephemeral: tuple[int, int], expected: range
) -> None:
    assert candidate_range(ephemeral) == expected


def test_the_same_purpose_gets_the_same_port_while_it_is_free() -> None:
    port = choose_port("a/b/c", taken=())
    assert choose_port("a/b/c", taken=()) == port
    assert choose_port("a/b/c", taken=(port,)) != port


def test_a_port_somebody_listens_on_is_not_chosen() -> None:
    port = choose_port("occupied", taken=())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()
        assert not is_free(port)
        assert choose_port("occupied", taken=()) != port
