"""Programs that do what a program should not; the stack's name says which."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pulumi


def look_around() -> None:
    """Export everything a thief would look for."""
    pulumi.export("environment", dict(os.environ))
    pulumi.export("home", [str(path) for path in Path.home().iterdir()])


def print_things() -> None:
    print(json.dumps({"stack": "print-things", "seconds": 0, "plan": None}))
    sys.stdout.flush()
    os.write(1, b"not an answer\n")


def stop_early() -> None:
    sys.exit(3)


def die() -> None:
    os._exit(7)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for_ever() -> None:
    time.sleep(3600)


def fill_the_memory_of_others() -> None:
    sys.modules["planning.left_behind"] = sys.modules["json"]
    os.environ["LEFT_BEHIND"] = "yes"


def find_what_others_left() -> None:
    pulumi.export("found", ["planning.left_behind" in sys.modules, "LEFT_BEHIND" in os.environ])


globals()[pulumi.get_stack().replace("-", "_")]()
