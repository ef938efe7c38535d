"""What one stack knows of another: the only place that builds StackReferences."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import pulumi

from stacks.layers import stack_name
from territory.model import Territory


class Upstream:
    """The outputs of another stack of the same territory: of a layer, or of one of its parts."""

    def __init__(self, territory: Territory, layer: str, part: str | None = None) -> None:
        self._stack = stack_name(territory.name, layer, part)
        reference = f"{pulumi.get_organization()}/{pulumi.get_project()}/{self._stack}"
        self._refuse_missing(reference)
        self._outputs: pulumi.Output[Mapping[str, Any]] = pulumi.StackReference(self._stack, reference).outputs

    def _refuse_missing(self, reference: str) -> None:
        """Ask before reading: the engine kills a program whose StackReference leads nowhere, and says no way out."""
        try:
            pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": reference})
        except Exception as error:
            raise pulumi.RunError(f"{error}\n  {self._remedy}") from None

    @property
    def _remedy(self) -> str:
        return f"remedy: bring it up first: pulumi up --stack {self._stack}"

    def output(self, *path: str) -> pulumi.Output[Any]:
        """One value inside the outputs. Example: `output("sites", "lac", "clusterId")`.

        It is unknown only when it is so itself, whatever stands beside it. A value that is not there fails the program
        with the stack to bring up first.
        """

        def pick(outputs: Mapping[str, Any]) -> Any:
            value: Any = outputs
            for step in path:
                if isinstance(value, pulumi.output.Unknown):
                    return value
                if not isinstance(value, Mapping) or step not in value:
                    raise pulumi.RunError(f"stack {self._stack} has no output {'.'.join(path)}\n  {self._remedy}")
                value = value[step]
            return value

        return self._outputs.apply(pick, run_with_unknowns=True)


class OutputsByKey(Mapping[str, pulumi.Output[Any]]):
    """The values of one mapping inside the outputs; only those that are asked for cost anything.

    A territory has a tag for each commune, a stack needs those of its own.
    """

    def __init__(self, upstream: Upstream, path: tuple[str, ...], keys: Collection[str]) -> None:
        self._upstream = upstream
        self._path = path
        self._keys = keys
        self._asked: dict[str, pulumi.Output[Any]] = {}

    def __getitem__(self, key: str) -> pulumi.Output[Any]:
        if key not in self._keys:
            raise KeyError(key)
        if key not in self._asked:
            self._asked[key] = self._upstream.output(*self._path, key)
        return self._asked[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
