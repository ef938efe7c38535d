"""Revisions as git trees, read without running anything of theirs and without touching a repository.

A working tree counts as the tree that a commit of it would have: what git ignores is no part of it, what is not yet
added is. Objects made on the way go into a private folder, never into anybody's repository.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from operations.errors import InputError, MachineError

GIT = "git"
LINK_MODE = "120000"
MODULE_MODE = "160000"
SHOWN_COMMIT = 12


@dataclass(frozen=True)
class Revision:
    """One side of a review."""

    tree: str
    """Git's id of everything in it."""
    commit: str | None
    """None for a working tree that differs from its commit."""
    asked: str
    """How it was named."""

    def __str__(self) -> str:
        return f"{self.asked} ({self.commit[:SHOWN_COMMIT]})" if self.commit else f"{self.asked} (working tree)"


@dataclass(frozen=True)
class FileChange:
    """A file that differs between two revisions."""

    path: str
    status: str
    """`A` added, `D` deleted, `M` modified, `T` made into something else."""


class Repository:
    """Git, asked about trees of one or several checkouts; `scratch` takes what has to be written."""

    def __init__(self, checkout: Path, scratch: Path) -> None:
        self._checkout = checkout
        self._scratch = scratch
        self._objects = scratch / "objects"
        self._objects.mkdir()
        self._alternates: list[str] = []
        self._alternates.append(self._object_folder(checkout))

    def resolve(self, named: str) -> Revision:
        """The revision a person names: a folder that holds a checkout, or anything git understands."""
        folder = Path(named).expanduser()
        if (os.sep in named or named in (".", "..")) and folder.is_dir():
            return self.working_tree(folder.resolve(), named)
        if named.startswith("-"):
            raise InputError(f"'{named}' is no revision", "name a branch, a tag, a commit or a folder")
        commit = self._try(
            self._checkout, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{named}^{{commit}}"
        )
        if commit is None:
            raise InputError(
                f"git knows no revision '{named}' in {self._checkout}",
                "name a branch, a tag or a commit that was fetched, or a folder with a / in it",
            )
        tree = self._git(self._checkout, "rev-parse", "--verify", f"{commit.strip()}^{{tree}}")
        return Revision(tree.strip(), commit.strip(), named)

    def working_tree(self, folder: Path, asked: str) -> Revision:
        """What a checkout holds now."""
        if self._try(folder, "rev-parse", "--is-inside-work-tree") is None:
            raise InputError(f"{folder} is no git checkout", "name a folder made by git clone or git worktree")
        self._alternates.append(self._object_folder(folder))
        index = {"GIT_INDEX_FILE": str(self._scratch / f"index-{len(self._alternates)}")}
        top = Path(self._git(folder, "rev-parse", "--show-toplevel").strip())
        head = self._try(top, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head:
            self._git(top, "read-tree", "HEAD", extra=index)
        self._git(top, "add", "--all", "--", ".", extra=index)
        tree = self._git(top, "write-tree", extra=index).strip()
        committed = self._git(top, "rev-parse", "HEAD^{tree}").strip() if head else None
        return Revision(tree, head.strip() if head and committed == tree else None, asked)

    def export(self, revision: Revision, folders: Iterable[str], target: Path) -> None:
        """Write some folders of a revision below `target`, as a checkout would.

        Links are refused: one could lead out of the revision. What the revision says under `export-ignore` has no
        say, for then a file could be deployed and not reviewed.
        """
        listed = self._git(self._checkout, "ls-tree", "-r", "-z", revision.tree, "--", *folders)
        names: list[str] = []
        for line in filter(None, listed.split("\0")):
            facts, _, name = line.partition("\t")
            mode = facts.split(" ", 1)[0]
            if mode in (LINK_MODE, MODULE_MODE):
                raise InputError(f"{name} of {revision.asked} is a link", "a review reads plain files: put one there")
            names.append(name)
        index = {"GIT_INDEX_FILE": str(self._scratch / f"export-{revision.tree}")}
        self._git(self._checkout, "read-tree", revision.tree, extra=index)
        self._git(
            self._scratch, "checkout-index", "--force", "-z", "--stdin", f"--prefix={target}{os.sep}",
            extra={**index, "GIT_DIR": self._git_directory(self._checkout), "GIT_WORK_TREE": str(self._scratch)},
            told="".join(f"{name}\0" for name in names),
        )  # fmt: skip

    def subtree(self, revision: Revision, path: str) -> str | None:
        """Git's id of a folder or file of a revision; None when it has none."""
        found = self._git(self._checkout, "ls-tree", revision.tree, "--", path).split()
        return found[2] if len(found) > 2 else None

    def text(self, revision: Revision, path: str) -> str | None:
        """A file's text; None when the revision has no such file."""
        entry = self._git(self._checkout, "ls-tree", revision.tree, "--", path).split()
        if len(entry) < 3 or entry[1] != "blob" or entry[0] == LINK_MODE:
            return None
        return self._git(self._checkout, "cat-file", "blob", entry[2])

    def files(self, revision: Revision, *folders: str) -> tuple[str, ...]:
        """The files below some folders."""
        listed = self._git(self._checkout, "ls-tree", "-r", "-z", "--name-only", revision.tree, "--", *folders)
        return tuple(filter(None, listed.split("\0")))

    def changed(self, before: Revision, after: Revision) -> tuple[FileChange, ...]:
        """The files that differ."""
        said = self._git(
            self._checkout, "diff-tree", "-r", "-z", "--no-renames", "--name-status", before.tree, after.tree
        )
        parts = said.split("\0")
        return tuple(FileChange(path, status) for status, path in zip(parts[::2], parts[1::2], strict=False))

    def _object_folder(self, folder: Path) -> str:
        return str((folder / self._git(folder, "rev-parse", "--git-path", "objects").strip()).resolve())

    def _git_directory(self, folder: Path) -> str:
        return self._git(folder, "rev-parse", "--absolute-git-dir").strip()

    def _try(self, folder: Path, *arguments: str) -> str | None:
        try:
            return self._git(folder, *arguments)
        except InputError:
            return None

    def _git(self, folder: Path, *arguments: str, extra: Mapping[str, str] | None = None, told: str = "") -> str:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("GIT_")
        } | {
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_NO_REPLACE_OBJECTS": "1",  # a replacement would show another tree than the one that is deployed
            "LC_ALL": "C",
            **(extra or {}),
        }  # fmt: skip
        if self._alternates:
            environment["GIT_OBJECT_DIRECTORY"] = str(self._objects)
            environment["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = os.pathsep.join(self._alternates)
        # Hooks and monitors of a folder that was named must not run; a checkout may well belong to another user in CI.
        safe = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
        try:
            done = subprocess.run(
                [GIT, *safe, *arguments],
                cwd=folder,
                env=environment,
                input=told.encode(errors="surrogateescape"),
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            raise MachineError("git is not on PATH", "as root: apt-get install git") from None
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise InputError(f"git {arguments[0]} in {folder}: {said or f'status {done.returncode}'}")
        return done.stdout.decode(errors="surrogateescape")
