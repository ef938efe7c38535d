"""What a territory must be that no single value can tell. Pure functions from a `Territory` to its violations."""

from territory.checks.run import violations

__all__ = ["violations"]
