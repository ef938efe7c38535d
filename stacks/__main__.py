"""The Pulumi program of every stack of the project."""

from stacks.program import run

run()
