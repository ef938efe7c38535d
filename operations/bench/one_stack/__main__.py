"""Every layer of a territory by its own code, in one stack: outputs handed on, nothing referenced."""

from operations.bench.one_stack.program import run

run()
