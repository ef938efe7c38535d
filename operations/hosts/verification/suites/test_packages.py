"""What is installed, from where, and how it is kept up to date."""

from __future__ import annotations

import re

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_UNWANTED = (
    "avahi-daemon",
    "cups",
    "gcc",
    "gdb",
    "inetutils-telnetd",
    "make",
    "nis",
    "rpcbind",
    "rsh-client",
    "rsh-server",
    "snmpd",
    "strace",
    "talk",
    "tcpdump",
    "telnet",
    "telnetd",
    "tftpd-hpa",
    "vsftpd",
    "xserver-xorg-core",
    "ypbind",
)
_INSECURE = ("APT::Get::AllowUnauthenticated", "Acquire::AllowInsecureRepositories")


def _setting(subject: Subject, name: str) -> str:
    found = re.findall(rf'^{re.escape(name)} "(.*)";$', subject.facts["apt"], re.MULTILINE)
    return found[-1] if found else ""


@rule("R58")
@pytest.mark.parametrize("package", _UNWANTED)
def test_what_nobody_needs_is_not_installed(subject: Subject, package: str) -> None:
    installed = {line.split("\t")[1] for line in subject.facts["packages"].splitlines() if line.startswith("ii")}
    assert package not in installed, f"{package} is installed"


@rule("R59")
def test_packages_come_signed(subject: Subject) -> None:
    hold(f"apt has {name} on" for name in _INSECURE if _setting(subject, name).lower() in {"1", "true", "yes"})
    text = subject.text("/etc/apt/sources.list", "/etc/apt/sources.list.d/")
    hold(
        f"a repository is trusted without a signature: {found}"
        for found in re.findall(r"trusted[=:]\s*yes", text, re.I)
    )


@rule("R61")
def test_security_updates_come_by_themselves(subject: Subject) -> None:
    assert _setting(subject, "APT::Periodic::Update-Package-Lists") not in {"", "0"}, (
        "lists of packages are not renewed"
    )
    assert _setting(subject, "APT::Periodic::Unattended-Upgrade") not in {"", "0"}, "upgrades wait for somebody"
    assert "Debian-Security" in subject.facts["apt"], "security updates are not among them"
    assert re.search(
        r"^Suites:.*-security|^deb .*-security", subject.text("/etc/apt/sources.list", "/etc/apt/sources.list.d/"), re.M
    ), "no repository has security updates"


@rule("R61")
def test_the_release_is_supported(subject: Subject) -> None:
    text = subject.facts["texts"].get("/etc/os-release", "")
    assert 'VERSION_ID="12"' in text, "the host is not a Debian 12"
