"""The main file of the flat program, run by `runpy` as the language host runs anybody's; see `plan_child`."""

from importlib import import_module

from operations.bench.flat_program import ENTRY, MODULE

getattr(import_module(MODULE), ENTRY)()
