"""Runs ansible-runner, apart: it forks, which a process that serves gRPC does not survive (its child crashes).

Takes ansible-runner's arguments as JSON on the standard input and tells each event as a line on the standard output.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from ansible_runner.interface import run


def main() -> None:
    """Run what is asked for, to its end."""
    run(**json.load(sys.stdin), event_handler=tell, quiet=True)


def tell(event: Mapping[str, Any]) -> bool:
    """Hand an event on."""
    sys.stdout.write(json.dumps(event, default=str) + "\n")
    sys.stdout.flush()
    return False  # nothing is left to be kept in a file of its own


if __name__ == "__main__":
    main()
