"""`python -m twin.daemon --state DIR --vcsim PATH`: see `twin.client.ensure_daemon`, which starts it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from twin.daemon.service import run


def main() -> int:
    """Read the command line and be the daemon."""
    parser = argparse.ArgumentParser(prog="python -m twin.daemon", description="the twin's daemon")
    parser.add_argument("--state", type=Path, required=True, help="directory of worlds and of daemon.json")
    parser.add_argument("--vcsim", type=Path, required=True, help="the vSphere simulator")
    options = parser.parse_args()
    return run(options.state.resolve(), options.vcsim.resolve())


if __name__ == "__main__":
    sys.exit(main())
