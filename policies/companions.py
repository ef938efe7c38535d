"""Settings of a resource that AWS lets be declared as resources of their own, which name the one they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from planning.values import is_unknown
from policies.answers import all_of, any_of
from policies.subjects import Resource, Stack

_STACK_REFERENCE = "pulumi:pulumi:StackReference"


@dataclass(frozen=True)
class Companion:
    """A kind of resource that completes another one."""

    types: tuple[str, ...]
    pointer: str
    """The property by which it says what it completes. Example: `bucket`."""
    name: str | None = None
    """The property of what it completes that a written pointer repeats. Example: `bucket`."""

    def of(self, target: Resource, stack: Stack) -> list[Resource]:
        """Those that complete `target`, as far as the plan tells."""
        return [
            found
            for type_ in self.types
            for found in stack.pointing_at(target, type_, self.pointer, name=self.name)
            if not found.planned.external
        ]

    def completes(self, target: Resource, stack: Stack, holds: Callable[[Resource], bool] = lambda _: True) -> bool:
        """Whether there is one of which `holds` is true; `NotKnown` where it hangs on what one of them points at."""
        return any_of(
            *(
                partial(holds, found)
                for type_ in self.types
                for found in stack.pointing_at(target, type_, self.pointer)
                if not found.planned.external
            ),
            *(
                partial(all_of, partial(self._names, stray, target), partial(holds, stray))
                for stray in self._strays(target, stack)
            ),
        )

    def _names(self, stray: Resource, target: Resource) -> bool:
        pointed_at = stray[self.pointer].text()
        return self.name is not None and pointed_at == target[self.name].text()

    def _strays(self, target: Resource, stack: Stack) -> Iterable[Resource]:
        """Those that name by a text, or point at nobody knows what; not what comes from a resource of that kind."""
        for other in stack.of(*self.types):
            sources = {source.type for source in stack.targets(other, self.pointer)}
            is_another_stacks = _STACK_REFERENCE in sources and is_unknown(other.planned.inputs.get(self.pointer))
            if target.type not in sources and not is_another_stacks:
                yield other
