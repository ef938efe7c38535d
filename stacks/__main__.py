"""The Pulumi program of every stack of the project."""

import gc

from stacks.program import run

# All that is made lives until the program ends, so looking for garbage only takes longer the more there is: half the
# time of a large stack.
gc.disable()
run()
