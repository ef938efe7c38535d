"""The hypervisor of one world, in namespaces of its own, until its standard input closes.

The kernel ends everything in a process namespace with its first process and takes the mounts, cards and bridges away
with the last: however the hypervisor dies, no guest and no wire is left.
"""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from twin.hosts.cgroups import cgroup_name, remove_dead_cgroups
from twin.hosts.guests import Guests
from twin.hosts.hypervisor import Hypervisor
from twin.hosts.listed import ListedSource
from twin.hosts.namespace import LOCK_SUFFIX
from twin.hosts.setting import fabric, sources
from twin.hosts.wires import Wires

_INSIDE = "--inside"
_NETWORK_NAMESPACE = 0x40000000
"""CLONE_NEWNET."""
_PAUSE_SECONDS = 0.3
"""Between two looks while something is on its way."""
_REST_SECONDS = 1.0
"""Between two looks otherwise."""


def main(arguments: Sequence[str]) -> int:
    """Enter the namespaces, or be the hypervisor once inside."""
    parser = argparse.ArgumentParser(prog="twin.hosts")
    parser.add_argument("--world", type=Path, required=True, help="world.yaml")
    declared = parser.add_mutually_exclusive_group(required=True)
    declared.add_argument("--credentials", type=Path, help="credentials.yaml: machines are what APIs declare")
    declared.add_argument("--machines", type=Path, help="a file that lists the machines, which no API declares then")
    parser.add_argument("--image", type=Path, required=True, help="the golden image's tree")
    parser.add_argument("--directory", type=Path, required=True, help="the hypervisor's own; emptied")
    parser.add_argument(_INSIDE, type=int, metavar="PID", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.inside is None:
        own = ["unshare", "--pid", "--fork", "--kill-child", "--mount", "--mount-proc"]
        os.execvp(own[0], [*own, sys.executable, "-m", "twin.hosts", *arguments, _INSIDE, str(os.getpid())])  # noqa: S606 - no shell wanted
    there, here = os.pipe()
    worker = os.fork()
    if worker:
        return _be_first(worker, here)
    os.read(there, 1)
    return _serve(options)


def _be_first(worker: int, wired: int) -> int:
    """Hold the network namespace that wires are in, and take leave of the children of others, as the first process has
    to, until the worker ends. The worker itself stays where the APIs can be reached.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # os.unshare() comes with Python 3.12.
    if ctypes.CDLL(None, use_errno=True).unshare(_NETWORK_NAMESPACE):
        sys.stderr.write(f"no network namespace of its own: {os.strerror(ctypes.get_errno())}\n")
        return 1
    os.write(wired, b".")
    while True:
        ended, status = os.wait()
        if ended == worker:
            return os.waitstatus_to_exitcode(status)


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    for place in ("/run", "/dev/shm"):  # noqa: S108 - podman's locks and sockets are shared by name with the machine's
        mount = ["mount", "-t", "tmpfs", "-o", "mode=0755,nosuid,nodev", "tmpfs", place]
        subprocess.run(mount, check=True)
    remove_dead_cgroups()
    directory: Path = options.directory
    if not _hold(directory, options.inside):
        sys.stderr.write(f"another hypervisor works in {directory}\n")
        return 1
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True, mode=0o700)
    guests = Guests(directory, options.image, cgroup_name(directory))
    listed: Path | None = options.machines
    declaring = [ListedSource(listed)] if listed else sources(options.world, options.credentials)
    hypervisor = Hypervisor(directory, guests, Wires(), declaring, fabric(options.world))
    sys.stdout.write(f"{json.dumps({'ready': True})}\n")
    sys.stdout.flush()
    ended = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: ended.set())
    threading.Thread(target=_await_parent, args=(ended,), daemon=True).start()
    busy = True
    while not ended.wait(_PAUSE_SECONDS if busy else _REST_SECONDS):
        try:
            busy = hypervisor.turn()
        except Exception:  # one that ended would take every guest with it
            logging.getLogger(__name__).exception("a turn failed; the next one looks anew")
    # Guests die with the first process of the namespace, which ends when this does.
    os._exit(0)


def _hold(directory: Path, outer: int) -> bool:
    """Keep the directory for as long as this process lives, and say which process was started for it.

    False when another hypervisor has it.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(directory.with_suffix(LOCK_SUFFIX), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    os.ftruncate(lock, 0)
    os.write(lock, str(outer).encode())
    return True


def _await_parent(ended: threading.Event) -> None:
    """The daemon holds our standard input open for as long as it lives."""
    while os.read(0, 4096):
        pass
    ended.set()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
