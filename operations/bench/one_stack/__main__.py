"""Every layer of a territory by its own code, in one stack: outputs handed on, nothing referenced."""

import gc

from operations.bench.one_stack.program import run

gc.disable()  # as in the stacks' own program
run()
