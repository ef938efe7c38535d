"""The policy pack as the engine finds it: `pulumi preview --policy-pack policies`.

The pack is the guard with another face, so that program and pack of one engine run share a plan and its answers. It
needs the planner, which nothing in this package may: hence a module that is run by its name.
"""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
runpy.run_module("operations.guard.pack", run_name="__main__")
