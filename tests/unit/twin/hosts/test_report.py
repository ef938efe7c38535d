"""What the hypervisor writes down, and what ssh is told to believe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from twin.hosts.report import KNOWN_HOSTS_FILE, GuestReport, GuestState, read_report, write_report

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP"
GUEST = GuestReport("4221", "lac-bastion", GuestState.RUNNING, 42, ("10.1.0.2/20",), ("lac-lan-a.100",), host_key=KEY)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    guests = (GUEST, GuestReport("i-0a", "x", GuestState.FAILED, None, problem="no more room"))
    write_report(tmp_path, guests)
    assert read_report(tmp_path) == guests
    assert (tmp_path / KNOWN_HOSTS_FILE).read_text() == f"lac-bastion {KEY}\n"


def test_before_the_first_report_there_is_no_guest(tmp_path: Path) -> None:
    assert read_report(tmp_path) == ()


@pytest.mark.parametrize("name", ["*", "a,b", "@cert-authority", "a b", "a\n*", "", "-a", "LAC", "a." * 40])
def test_a_name_that_could_mean_other_hosts_is_not_told_to_ssh(tmp_path: Path, name: str) -> None:
    write_report(tmp_path, [replace(GUEST, name=name)])
    assert (tmp_path / KNOWN_HOSTS_FILE).read_text() == ""
