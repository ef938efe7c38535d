"""One project's stacks, driven through Pulumi's Automation API: one engine process an operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pulumi.automation import EngineEvent, LocalWorkspace, Stack

from operations.engine_process import EngineCommand

OnEvent = Callable[[EngineEvent], None]


class _NamedStacks(LocalWorkspace):
    """A workspace in which every command names its stack, so that none is ever selected.

    A selection is a file shared by all engines of a PULUMI_HOME; stacks that run in parallel would race for it.
    """

    def select_stack(self, stack_name: str) -> None:
        """Nothing to do: see the class."""


class Workspace:
    """Operations on the stacks of one project."""

    def __init__(self, directory: Path, command: EngineCommand, variables: Mapping[str, str]) -> None:
        self.directory = directory
        self.command = command
        self._workspace = _NamedStacks(
            work_dir=str(directory),
            pulumi_home=variables.get("PULUMI_HOME"),
            env_vars=dict(variables),
            pulumi_command=command,
        )

    def up(self, stack: str, on_event: OnEvent, *, refresh: bool) -> None:
        """Create or update what a stack declares; with `refresh`, compare with the world first."""
        # The engine's own output repeats the events; it is kept for the error and never parsed.
        self._stack(stack).up(
            on_event=on_event, refresh=refresh, color="never", show_secrets=False, suppress_outputs=True
        )

    def refresh(self, stack: str, on_event: OnEvent) -> None:
        """Bring a stack's state in line with the world."""
        self._stack(stack).refresh(on_event=on_event, color="never", show_secrets=False, suppress_outputs=True)

    def settle(self, stack: str, arguments: Sequence[str]) -> None:
        """A refresh that also settles pending creates; takes `Resolution.refresh_arguments`."""
        settled = ["refresh", "--yes", "--skip-preview", "--color", "never", "--suppress-outputs"]
        self.run([*settled, *arguments, "--stack", stack])

    def destroy(self, stack: str, on_event: OnEvent, *, refresh: bool) -> None:
        """Delete everything a stack holds."""
        self._stack(stack).destroy(
            on_event=on_event, refresh=refresh, color="never", show_secrets=False, suppress_outputs=True
        )

    def export(self, stack: str) -> Mapping[str, Any] | None:
        """A stack's deployment, secrets encrypted; None when nothing was ever deployed."""
        return self._stack(stack).export_stack().deployment

    def remove(self, stack: str) -> None:
        """Forget an empty stack; its configuration stays."""
        self._workspace.remove_stack(stack, preserve_config=True)

    def run(self, arguments: list[str]) -> str:
        """Run any engine command in the project; returns what it printed."""
        return self.command.run(arguments, str(self.directory), {}).stdout

    def _stack(self, name: str) -> Stack:
        return Stack.select(name, self._workspace)
