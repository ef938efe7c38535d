"""Runs on a host, as root, and prints all that the suites ask of it, as one JSON object.

It is sent there as text: it needs nothing but Python's own library, changes nothing, and tells no secret (of passwords
their kind, of keys their fingerprint).
"""

from __future__ import annotations

import base64
import glob
import grp
import hashlib
import json
import os
import pwd
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

SYSCTL_TREES = ("kernel", "fs", "vm", "dev/tty", "net/core", "net/ipv4", "net/ipv6/conf/all", "net/ipv6/conf/default")
SYSCTL_FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d")
UNIT_PROPERTIES = (
    "Id,LoadState,ActiveState,UnitFileState,ConditionResult,ConditionTimestampMonotonic,NoNewPrivileges,ProtectSystem"
)
TEXTS = (
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d/*",
    "/etc/login.defs",
    "/etc/pam.d/common-*",
    "/etc/pam.d/su",
    "/etc/security/*.conf",
    "/etc/profile",
    "/etc/profile.d/*.sh",
    "/etc/bash.bashrc",
    "/etc/issue.net",
    "/etc/systemd/logind.conf",
    "/etc/systemd/logind.conf.d/*",
    "/etc/systemd/journald.conf",
    "/etc/systemd/journald.conf.d/*",
    "/etc/systemd/journal-remote.conf",
    "/etc/chrony/chrony.conf",
    "/etc/chrony/conf.d/*",
    "/etc/chrony/sources.d/*",
    "/etc/audit/rules.d/*.rules",
    "/etc/audit/auditd.conf",
    "/etc/modprobe.d/*.conf",
    "/etc/apt/sources.list",
    "/etc/apt/sources.list.d/*",
    "/etc/security/limits.d/*.conf",
    "/etc/fstab",
    "/proc/self/mounts",
    "/proc/cmdline",
    "/etc/os-release",
)
MODES = (
    "/etc/passwd",
    "/etc/passwd-",
    "/etc/group",
    "/etc/group-",
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/sudoers.d/*",
    "/etc/ssh",
    "/etc/ssh/sshd_config",
    "/etc/ssh/ssh_host_*",
    "/etc/nftables.conf",
    "/etc/audit",
    "/etc/audit/rules.d",
    "/etc/cron*",
    "/etc/security",
    "/root",
    "/boot",
    "/usr/src",
    "/usr/lib/modules",
    "/home/*",
    "/home/*/.ssh",
    "/home/*/.ssh/authorized_keys",
    "/var/log/audit",
    "/var/log/audit/*",
    "/var/log/sudo.log",
    "/var/lib/aide",
    "/var/lib/aide/aide.db",
    "/tmp",
    "/var/tmp",
    "/usr/bin/sudo",
    "/usr/bin/su",
)
LIST = ("/usr/sbin/nft", "-j", "list", "ruleset")
STORED = f"/usr/sbin/nft -f /etc/nftables.conf && exec {' '.join(LIST)}"
"""What the next boot loads, loaded into a network namespace that is thrown away."""
FIND_ODD = [
    *("find", "/", "-xdev", "(", "-path", "/proc", "-o", "-path", "/sys", ")", "-prune", "-o"),
    *("-type", "f", "-perm", "/6000", "-printf", "special\\t%p\\t%u\\t%g\\t%m\\n", "-o"),
    *("-nouser", "-printf", "orphan\\t%p\\t%U\\t%G\\t%m\\n", "-o"),
    *("-nogroup", "-printf", "orphan\\t%p\\t%U\\t%G\\t%m\\n", "-o"),
    *("-type", "f", "-perm", "-0002", "-printf", "writable\\t%p\\t%u\\t%g\\t%m\\n", "-o"),
    *("-type", "d", "-perm", "-0002", "-not", "-perm", "-1000", "-printf", "writable\\t%p\\t%u\\t%g\\t%m\\n"),
]


def run(*argv: str) -> str:
    """Standard output of a program; what kept it from working under `problems`."""
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=40, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        problems[argv[0]] = str(error)
        return ""
    if done.returncode:
        problems[argv[0]] = done.stderr.decode(errors="replace")[:300] or f"exit code {done.returncode}"
    return done.stdout.decode(errors="replace")


problems: dict[str, str] = {}


def text_of(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(200_000)
    except OSError:
        return None


def texts() -> dict[str, str]:
    found = {path: text_of(path) for pattern in TEXTS for path in sorted(glob.glob(pattern))}
    return {path: text for path, text in found.items() if text is not None}


def name_of(table: Callable[[int], Sequence[Any]], number: int) -> str:
    try:
        return str(table(number)[0])
    except KeyError:
        return str(number)


def modes() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pattern in MODES:
        for path in sorted(glob.glob(pattern)):
            status = os.lstat(path)
            found[path] = {
                "kind": "directory" if stat.S_ISDIR(status.st_mode) else "file",
                "mode": f"{stat.S_IMODE(status.st_mode):04o}",
                "owner": name_of(pwd.getpwuid, status.st_uid),
                "group": name_of(grp.getgrgid, status.st_gid),
            }
    return found


def sshd() -> dict[str, list[str]]:
    settings: dict[str, list[str]] = {}
    for line in run("/usr/sbin/sshd", "-T").splitlines():
        key, _, value = line.partition(" ")
        settings.setdefault(key, []).append(value)
    return settings


def password_kind(secret: str) -> str:
    if secret == "":
        return "none"
    if secret[0] in "!*":
        return "locked"
    return {"$y$": "yescrypt", "$6$": "sha512"}.get(secret[:3], "weak")


def keys_of(home: str) -> list[str]:
    found: list[str] = []
    for name in ("authorized_keys", "authorized_keys2"):
        for line in (text_of(os.path.join(home, ".ssh", name)) or "").splitlines():
            words = line.split()
            kinds = [at for at, word in enumerate(words[:-1]) if re.match(r"(ssh|ecdsa|sk)-", word)]
            if line.startswith("#") or not kinds:
                continue
            try:
                key = base64.b64decode(words[kinds[0] + 1])
            except ValueError:
                key = words[kinds[0] + 1].encode()
            found.append("SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode().rstrip("="))
    return found


def accounts() -> list[dict[str, Any]]:
    rows = [line.split(":") for line in (text_of("/etc/shadow") or "").splitlines() if line.count(":") >= 8]
    secrets = {row[0]: row[1] for row in rows}
    return [
        {
            "name": each.pw_name,
            "uid": each.pw_uid,
            "gid": each.pw_gid,
            "home": each.pw_dir,
            "shell": each.pw_shell,
            "password": password_kind(secrets.get(each.pw_name, "!")) if each.pw_passwd == "x" else "in passwd",
            "keys": keys_of(each.pw_dir),
        }
        for each in pwd.getpwall()
    ]


def sudo() -> Any:
    structure = run("cvtsudoers", "-f", "json", "/etc/sudoers")
    return json.loads(structure) if structure else {}


def sockets() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in run("ss", "-H", "-l", "-n", "-t", "-u", "-p").splitlines():
        words = line.split()
        address, _, port = words[4].rpartition(":")
        users = re.findall(r'"([^"]+)"', " ".join(words[6:]))
        found.append({"protocol": words[0], "address": address, "port": port, "programs": sorted(set(users))})
    return found


def ruleset(*argv: str) -> list[Any]:
    told = run(*argv)
    return json.loads(told)["nftables"] if told else []


def units(names: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for block in run("systemctl", "show", "--no-pager", "-p", UNIT_PROPERTIES, "--", *names).split("\n\n"):
        facts = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        if facts:
            found[facts.pop("Id")] = facts
    return found


def listed(*argv: str) -> list[str]:
    return [line.split()[0] for line in run("systemctl", *argv, "--no-legend", "--plain", "--no-pager").splitlines()]


SENT = "/var/lib/systemd/journal-upload"
"""What was sent last to each receiver."""


def uploads() -> dict[str, str]:
    """What journals are sent by, each with its state."""
    said = run("systemctl", "list-units", "--all", "--no-legend", "--plain", "--no-pager", "metropole-journal-upload@*")
    return {line.split()[0]: line.split()[2] for line in said.splitlines()}


def kernel_settings() -> dict[str, Any]:
    running: dict[str, str] = {}
    fixed: list[str] = []
    for tree in SYSCTL_TREES:
        for folder, names, files in os.walk(os.path.join("/proc/sys", tree)):
            names[:] = [name for name in names if name not in ("neigh", "binfmt_misc")]
            for name in files:
                path = os.path.join(folder, name)
                key = path[len("/proc/sys/") :].replace("/", ".")
                value = text_of(path) if os.access(path, os.R_OK) else None
                if value is not None and len(value) < 200:
                    running[key] = " ".join(value.split())
                    if not os.access(path, os.W_OK):
                        fixed.append(key)
    return {"running": running, "fixed": fixed, "configured": configured_settings()}


def configured_settings() -> dict[str, str]:
    """What systemd-sysctl sets: the first folder wins among files of one name, the last name among settings."""
    files: dict[str, str] = {}
    for folder in SYSCTL_FOLDERS:
        for path in glob.glob(os.path.join(folder, "*.conf")):
            files.setdefault(os.path.basename(path), path)
    wanted: dict[str, str] = {}
    for name in sorted(files):
        for line in (text_of(files[name]) or "").splitlines():
            if "=" in line and line.strip()[0] not in "#;":
                key, _, value = line.strip().lstrip("-").partition("=")
                wanted[key.strip().replace("/", ".")] = " ".join(value.split())
    return wanted


def odd_files() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {"special": [], "orphan": [], "writable": []}
    for line in run(*FIND_ODD).splitlines():
        kind, *rest = line.split("\t")
        if kind in found and len(rest) == 4:
            found[kind].append(dict(zip(("path", "owner", "group", "mode"), rest, strict=True)))
    return found


def apparmor() -> dict[str, Any]:
    enabled = text_of("/sys/module/apparmor/parameters/enabled")
    profiles = text_of("/sys/kernel/security/apparmor/profiles") or ""
    complaining = [
        path
        for path in glob.glob("/etc/apparmor.d/*")
        if os.path.isfile(path) and re.search(r"flags=\([^)]*complain", text_of(path) or "")
    ]
    return {
        "enabled": enabled is not None and enabled.strip() == "Y",
        "complaining_loaded": [line for line in profiles.splitlines() if "complain" in line],
        "complaining": complaining,
    }


def main(names: Sequence[str]) -> None:
    """Print what there is to tell, these units' state among it."""
    facts = {
        "container": run("systemd-detect-virt", "--container").strip().replace("none", ""),
        "hostname": os.uname().nodename,
        "kernel": os.uname().release,
        "sshd": sshd(),
        "nft": {"running": ruleset(*LIST), "stored": ruleset("unshare", "--net", "sh", "-c", STORED)},
        "sockets": sockets(),
        "units": units(names),
        "running": listed("list-units", "--type=service,socket", "--state=active"),
        "failed": listed("list-units", "--state=failed"),
        "kernel_settings": kernel_settings(),
        "accounts": accounts(),
        "groups": {each.gr_name: each.gr_mem for each in grp.getgrall()},
        "sudo": sudo(),
        "modes": modes(),
        "odd_files": odd_files(),
        "texts": texts(),
        "apt": run("apt-config", "dump"),
        "packages": run("dpkg-query", "-W", "-f", "${db:Status-Abbrev}\\t${Package}\\t${Version}\\n"),
        "apparmor": apparmor(),
        "journal_uploads": uploads(),
        "journal_sent": os.listdir(SENT) if os.path.isdir(SENT) else [],
        "journal_kept": os.path.isdir("/var/log/journal"),
        "core_pattern": text_of("/proc/sys/kernel/core_pattern"),
        "free_mib": os.statvfs("/").f_bavail * os.statvfs("/").f_frsize // 2**20,
    }
    problems.pop("systemd-detect-virt", None)  # its exit code is an answer as well
    json.dump({**facts, "problems": problems}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
