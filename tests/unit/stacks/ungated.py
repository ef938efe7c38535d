"""The stacks' program without its gate, which plans the whole territory in a process of its own."""

from functools import partial

from stacks import program

run = partial(program.run, gate=lambda: None)
