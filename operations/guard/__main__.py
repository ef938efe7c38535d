"""The guard of one program: `python -P -m operations.guard`, asked through standard input and output."""

from __future__ import annotations

import os
import sys

from operations.guard.conversation import Conversation
from operations.guard.gatekeeper import Gatekeeper
from operations.paths import state_directory


def main() -> None:
    """Answer whoever started this process, until it ends."""
    answers = os.fdopen(os.dup(1), "wb")
    os.set_inheritable(answers.fileno(), False)
    os.dup2(2, 1)  # what anything prints is not an answer
    Conversation(Gatekeeper(state_directory())).serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
