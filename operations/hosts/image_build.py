"""Builds an image's tree: Debian's packages first, then a playbook.

Each half runs in namespaces of its own, which vanish with their first process: an interrupted build leaves no mount
and no process behind.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from operations.console import Progress
from operations.engine.command import Finished, run_long
from operations.errors import MachineError
from operations.hosts.image_debian import RELEASE, packages, sources
from operations.hosts.image_inputs import IMAGE_PLAYBOOK
from operations.paths import CHECKOUT
from operations.worlds.isolation import is_hidden

CGROUP_PREFIX = "metropole-image-"
NAMESPACES = ("unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
CGROUPS = Path("/sys/fs/cgroup")


def build(tree: Path, progress: Progress, playbook: Path = IMAGE_PLAYBOOK) -> None:
    """Make a tree of Debian, the image's packages, and what a playbook does to them. Raises `MachineError`.

    `tree` is a new directory; beside it there is another one for as long as this takes.
    """
    _bootstrap(tree, progress)
    work = tree.with_name("work")
    _configure(tree, work, playbook, progress)
    shutil.rmtree(work)


def _bootstrap(tree: Path, progress: Progress) -> None:
    machine_sources = sources()
    finished = run_long(
        [
            *NAMESPACES,
            "mmdebstrap",
            "--mode=root",
            "--variant=apt",
            "--format=directory",
            '--aptopt=APT::Install-Recommends "false"',
            f"--include={','.join(packages())}",
            RELEASE,
            str(tree),
            *([str(machine_sources)] if machine_sources else []),
        ],
        cwd=tree.parent,
        environment={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
        progress=progress,
        describe=lambda line: f"Debian packages: {line.removeprefix('I: ')}" if line.startswith("I: ") else "",
    )
    _require(finished, "Debian could not be installed into the golden image", "check the network, then try again")


def _configure(tree: Path, work: Path, playbook: Path, progress: Progress) -> None:
    """Run the playbook, without any network."""
    work.mkdir(mode=0o700)
    cgroup = f"{CGROUP_PREFIX}{os.getpid()}"
    try:
        finished = run_long(
            [
                *NAMESPACES,
                "--net",
                sys.executable,
                "-P",
                "-m",
                "operations.hosts.image_play",
                str(tree),
                str(work),
                cgroup,
                str(playbook),
            ],
            cwd=CHECKOUT,
            environment={name: value for name, value in os.environ.items() if not is_hidden(name)},
            progress=progress,
            describe=lambda line: line,
        )
    finally:
        _remove_cgroups(cgroup)
    _require(finished, f"{playbook.name} failed on the image", None)


def _require(finished: Finished, what: str, remedy: str | None) -> None:
    if finished.code != 0:
        raise MachineError(f"{what} (exit code {finished.code}):\n{finished.tail}", remedy)


def _remove_cgroups(name: str) -> None:
    """Control groups are the one thing that outlives a killed container; they are empty then."""
    for top in [*CGROUPS.glob(name), *CGROUPS.glob(f"*/{name}")]:
        for directory, _, _ in os.walk(top, topdown=False):
            with suppress(OSError):
                Path(directory).rmdir()
