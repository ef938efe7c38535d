"""What results are bound to, so that they prove something of these hosts and no others."""

from __future__ import annotations

import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from operations.paths import CHECKOUT
from playbooks.digest import playbook_digest

_TOOLS = ("metropole", "pytest", "pytest-testinfra")
_MANIFEST = "manifest.json"


def binding(territory: str, image: Path) -> dict[str, Any]:
    """Territory, digests of golden image and playbooks, revision of the checkout, versions of tools."""
    return {
        "territory": territory,
        "image": _image(image),
        "playbooks": {"digest": playbook_digest()},
        "revision": _revision(),
        "tools": {
            **{name: version(name) for name in _TOOLS},
            "python": platform.python_version(),
            "ssh": _said("ssh", "-V"),
        },
    }


def _image(tree: Path) -> dict[str, Any]:
    """Digests of what the image is made from and of what came out; of one whose manifest is gone, its name alone."""
    try:
        manifest: dict[str, Any] = json.loads((tree.parent / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"digest": tree.parent.name}
    return {"digest": manifest["digest"], "tree_digest": manifest["tree_digest"]}


def _revision() -> str | None:
    """The commit, with `+` when the checkout has changes; None outside a checkout."""
    commit = _said("git", "-C", str(CHECKOUT), "rev-parse", "HEAD")
    if not commit:
        return None
    return commit + ("+" if _said("git", "-C", str(CHECKOUT), "status", "--porcelain", "-uno") else "")


def _said(*argv: str) -> str:
    try:
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout or done.stderr).strip() if done.returncode == 0 else ""
