"""Runs a playbook on a tree, inside the namespaces that `image_build` made: its arguments are tree, a working
directory, the name of a control group and the playbook.

The tree is the root of a container in which nothing runs. Ansible enters over ssh, as it does on every host: the
"connection" is an `sshd -i` that podman starts inside, so there is no network, no listener and no account.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import ansible_runner

from operations.hosts.image_inputs import PLAYBOOKS

NAME = "image"
INSIDE = "/run/metropole-image"
"""Where the container sees the build's keys: on its own tmpfs, never in the tree."""
CAPABILITIES = ("NET_ADMIN", "AUDIT_WRITE", "SYS_CHROOT")
LIMIT_S = 900

CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=10000:10000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
"""
"""Debian's podman prefers crun and systemd's control groups; neither works inside every virtual machine."""

SSHD_CONFIG = f"""\
HostKey {INSIDE}/host_key
AuthorizedKeysFile {INSIDE}/identity.pub
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
Subsystem sftp internal-sftp
"""


def main() -> int:
    """Configure the tree; 0 when every task went well."""
    tree, work, cgroup, playbook = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    # Podman keeps locks and sockets in fixed places: ours are seen by nobody else and vanish with the namespace.
    _run("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run")
    _run("ip", "link", "set", "lo", "up")
    podman = _podman(work)
    _keys(work)
    _ssh_config(work, podman)
    volume = ("--volume", f"{work / 'inside'}:{INSIDE}:ro")
    capabilities = [part for name in CAPABILITIES for part in ("--cap-add", name)]
    identity = ("--name", NAME, "--hostname", NAME, "--network", "none", "--cgroup-parent", f"/{cgroup}")
    tmpfs = ("--tmpfs", "/run:rw,mode=0755", "--tmpfs", "/tmp:rw,mode=1777")  # noqa: S108 - the container's own
    rootfs = ("--rootfs", str(tree), "/usr/bin/sleep", "infinity")
    _run(*podman, "run", "--detach", *identity, *capabilities, *volume, *tmpfs, *rootfs)
    try:
        code = _play(work, playbook)
    finally:
        _run(*podman, "rm", "--force", "--time", "0", NAME)
    # While the container ran, podman's own files lay over these: the machine's, which Debian's installation copied.
    for name in ("hostname", "resolv.conf"):
        (tree / "etc" / name).unlink(missing_ok=True)
    return code


def _podman(work: Path) -> list[str]:
    configuration = work / "containers.conf"
    configuration.write_text(CONTAINERS_CONF, encoding="utf-8")
    os.environ["CONTAINERS_CONF"] = str(configuration)
    return ["podman", "--storage-driver", "vfs", "--root", "/run/podman-storage", "--runroot", "/run/podman"]


def _keys(work: Path) -> None:
    inside = work / "inside"
    inside.mkdir(mode=0o755)
    (inside / "sshd_config").write_text(SSHD_CONFIG, encoding="utf-8")
    for path in (inside / "host_key", work / "identity"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", NAME, "-f", str(path))
    (inside / "identity.pub").write_text((work / "identity.pub").read_text(encoding="utf-8"), encoding="utf-8")
    host_key = (inside / "host_key.pub").read_text(encoding="utf-8")
    (work / "known_hosts").write_text(f"{NAME} {host_key}", encoding="utf-8")


def _ssh_config(work: Path, podman: list[str]) -> None:
    serve = f"mkdir -p /run/sshd && exec /usr/sbin/sshd -i -f {INSIDE}/sshd_config"
    lines = [
        f"Host {NAME}",
        "User root",
        f"IdentityFile {work / 'identity'}",
        "IdentitiesOnly yes",
        f"UserKnownHostsFile {work / 'known_hosts'}",
        "StrictHostKeyChecking yes",
        "LogLevel ERROR",
        f"ProxyCommand {' '.join(podman)} exec -i {NAME} /bin/sh -c '{serve}'",
    ]
    (work / "ssh_config").write_text("\n    ".join(lines) + "\n", encoding="utf-8")


def _play(work: Path, playbook: Path) -> int:
    arguments = f"-F {work / 'ssh_config'} -o ControlMaster=auto -o ControlPersist=60 -o ControlPath=/run/%C"
    host = {"ansible_ssh_common_args": arguments, "ansible_python_interpreter": "/usr/bin/python3"}
    runner = work / "runner"
    runner.mkdir()
    result = ansible_runner.run(
        private_data_dir=str(runner),
        playbook=str(playbook),
        inventory={"all": {"hosts": {NAME: host}}},
        envvars={
            "ANSIBLE_CONFIG": str(PLAYBOOKS / "ansible.cfg"),
            "ANSIBLE_HOME": str(work / "ansible"),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        },
        quiet=True,
        timeout=LIMIT_S,
        event_handler=_say,
    )
    if isinstance(result, ansible_runner.Runner) and result.status != "successful":
        sys.stdout.write(result.stdout.read())
    return 0 if result.status == "successful" else 1


def _say(event: Mapping[str, object]) -> bool:
    data = event.get("event_data")
    if event.get("event") == "playbook_on_task_start" and isinstance(data, dict):
        sys.stdout.write(f"{data.get('task')}\n")
        sys.stdout.flush()
    return False


def _run(*argv: str) -> None:
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=60)


if __name__ == "__main__":
    sys.exit(main())
