"""Kernel settings as ANSSI-BP-028 lists them: as configured, and as they run where a host has a kernel of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from operations.hosts.verification.subject import Subject, hold, rule

_INTERFACES = ("all", "default")
SETTINGS: Mapping[str, Mapping[str, str]] = {
    "R9": {
        "kernel.dmesg_restrict": "1",
        "kernel.kptr_restrict": "2",
        "kernel.panic_on_oops": "1",
        "kernel.perf_cpu_time_max_percent": "1",
        "kernel.perf_event_max_sample_rate": "1",
        "kernel.perf_event_paranoid": "2",
        "kernel.pid_max": "65536",
        "kernel.randomize_va_space": "2",
        "kernel.sysrq": "0",
        "kernel.unprivileged_bpf_disabled": "1",
    },
    "R11": {"kernel.yama.ptrace_scope": "1"},
    "R12": {
        "net.core.bpf_jit_harden": "2",
        "net.ipv4.conf.all.accept_local": "0",
        "net.ipv4.conf.all.arp_ignore": "2",
        "net.ipv4.conf.all.drop_gratuitous_arp": "1",
        "net.ipv4.conf.all.route_localnet": "0",
        "net.ipv4.icmp_ignore_bogus_error_responses": "1",
        "net.ipv4.ip_local_port_range": "32768 65535",
        "net.ipv4.tcp_rfc1337": "1",
        "net.ipv4.tcp_syncookies": "1",
        **{f"net.ipv4.conf.{name}.accept_redirects": "0" for name in _INTERFACES},
        **{f"net.ipv4.conf.{name}.accept_source_route": "0" for name in _INTERFACES},
        **{f"net.ipv4.conf.{name}.secure_redirects": "0" for name in _INTERFACES},
        **{f"net.ipv4.conf.{name}.send_redirects": "0" for name in _INTERFACES},
        **{f"net.ipv4.conf.{name}.shared_media": "0" for name in _INTERFACES},
    },
    "R13": {f"net.ipv6.conf.{name}.disable_ipv6": "1" for name in _INTERFACES},
    "R14": {
        "fs.protected_fifos": "2",
        "fs.protected_hardlinks": "1",
        "fs.protected_regular": "2",
        "fs.protected_symlinks": "1",
        "fs.suid_dumpable": "0",
    },
}
_UNLOADABLE = ("cramfs", "dccp", "freevxfs", "hfs", "hfsplus", "jffs2", "rds", "sctp", "tipc", "usb-storage")
_BOOT = ("pti=on", "page_poison=on", "slab_nomerge=yes", "spectre_v2=on", "l1tf=full,force", "mds=full,nosmt")


def _differing(found: Mapping[str, str], wanted: Mapping[str, str], what: str) -> Iterator[str]:
    for name, value in wanted.items():
        if found.get(name) != value:
            yield f"{name} is {what} {found.get(name, 'nowhere')}, expected {value}"


def _each() -> list[object]:
    return [pytest.param(number, marks=rule(number), id=number) for number in SETTINGS]


@pytest.mark.parametrize("number", _each())
def test_settings_are_configured(subject: Subject, number: str) -> None:
    hold(_differing(subject.facts["kernel_settings"]["configured"], SETTINGS[number], "configured"))


@pytest.mark.parametrize("number", _each())
def test_the_running_kernel_has_them(subject: Subject, number: str) -> None:
    subject.needs_own_kernel("its kernel's settings: they are the machine's")
    hold(_differing(subject.facts["kernel_settings"]["running"], SETTINGS[number], "set to"))


@rule("R12")
def test_answers_leave_by_the_way_questions_came(subject: Subject) -> None:
    # A router's ways there and back differ: it asks only that there is one (2).
    wanted = "2" if subject.declared["firewall_forwards"] else "1"
    names = [f"net.ipv4.conf.{name}.rp_filter" for name in _INTERFACES]
    hold(_differing(subject.facts["kernel_settings"]["configured"], dict.fromkeys(names, wanted), "configured"))


@rule("R10", level="enhanced")
def test_no_module_is_loaded_after_the_boot(subject: Subject) -> None:
    hold(_differing(subject.facts["kernel_settings"]["configured"], {"kernel.modules_disabled": "1"}, "configured"))


@rule("R10")
@pytest.mark.parametrize("module", _UNLOADABLE)
def test_modules_that_nobody_needs_cannot_be_loaded(subject: Subject, module: str) -> None:
    found = "\n".join(
        line for line in subject.text("/etc/modprobe.d/").splitlines() if line.startswith(f"install {module} ")
    )
    assert found.endswith(("/bin/false", "/bin/true")), f"the module {module} can be loaded"


@rule("R8")
@pytest.mark.parametrize("option", _BOOT)
def test_the_kernel_was_started_hardened(subject: Subject, option: str) -> None:
    subject.needs_own_kernel("what its kernel was started with: it is the machine's")
    assert option in subject.facts["texts"]["/proc/cmdline"].split(), f"the kernel was started without {option}"


@rule("R14")
def test_no_core_is_dumped(subject: Subject) -> None:
    assert "hard core 0" in " ".join(subject.text("/etc/security/limits.d/").split()), "core dumps are not limited to 0"


@rule("R37", "R45")
def test_apparmor_enforces(subject: Subject) -> None:
    found = subject.facts["apparmor"]
    hold(f"{path} only complains" for path in found["complaining"])
    subject.needs_own_kernel("whether AppArmor enforces: it is the machine's kernel")
    assert found["enabled"], "AppArmor is off"
    hold(f"profile {line}" for line in found["complaining_loaded"])
