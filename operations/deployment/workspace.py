"""One project's stacks, driven through Pulumi's Automation API: one engine process an operation."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pulumi.automation import EngineEvent, LocalWorkspace, OutputMap, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode

from operations.deployment.engine_process import EngineCommand

DEPLOYMENT_VERSION = 3
"""The only one that engines have written since 2018."""

OnEvent = Callable[[EngineEvent], None]


TOGETHER = 512
"""More than any territory has hosts. The engine's own limit is four a processor."""


class _NamedStacks(LocalWorkspace):
    """A workspace in which every command names its stack, so that none is ever selected.

    A selection is a file shared by all engines of a PULUMI_HOME; stacks that run in parallel would race for it.
    """

    def select_stack(self, stack_name: str) -> None:
        """Nothing to do: see the class."""


class _QuietStack(Stack):
    """A stack whose operations end when the engine's do.

    The Automation API would start it three times more, for outputs and a summary that nobody here reads: what was done
    is known from the events.
    """

    def outputs(self) -> OutputMap:
        """None."""
        return {}

    def info(self, show_secrets: bool = True) -> UpdateSummary:  # noqa: ARG002 - the signature is the SDK's
        """A summary of nothing; the Automation API insists on one."""
        return UpdateSummary(
            kind="", start_time=datetime.now(UTC), message="", environment={}, config={}, result="succeeded"
        )


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

    def up(
        self, stack: str, on_event: OnEvent, *, refresh: bool, targets: Sequence[str] = (), together: bool = False
    ) -> None:
        """Create or update what a stack declares; with `refresh`, compare with the world first.

        With `targets`, nothing is touched but what these patterns of URNs match. With `together`, the provider is asked
        for all resources at once, and the failure of one does not keep the others from being done.
        """
        # The engine's own output repeats the events; it is kept for the error and never parsed.
        self._stack(stack).up(
            on_event=on_event,
            refresh=refresh,
            target=list(targets) or None,
            parallel=TOGETHER if together else None,
            continue_on_error=together or None,
            color="never",
            show_secrets=False,
            suppress_outputs=True,
        )

    def refresh(self, stack: str, on_event: OnEvent) -> None:
        """Bring a stack's state in line with the world."""
        self._stack(stack).refresh(on_event=on_event, color="never", show_secrets=False, suppress_outputs=True)

    def destroy(self, stack: str, on_event: OnEvent, *, refresh: bool) -> None:
        """Delete everything a stack holds."""
        self._stack(stack).destroy(
            on_event=on_event, refresh=refresh, color="never", show_secrets=False, suppress_outputs=True
        )

    def stacks(self) -> frozenset[str]:
        """The project's stacks that exist in the backend."""
        listed: list[dict[str, Any]] = json.loads(self.run(["stack", "ls", "--json"]))
        return frozenset(str(each["name"]).rpartition("/")[2] for each in listed)

    def export(self, stack: str) -> Mapping[str, Any] | None:
        """A stack's deployment, secrets encrypted; None when nothing was ever deployed."""
        # Not the Automation API's export, which decrypts secrets, nor its import, which writes them to a file.
        exported: dict[str, Any] = json.loads(self.run(["stack", "export", "--stack", stack]))
        return exported.get("deployment")

    def replace_state(self, stack: str, deployment: Mapping[str, Any]) -> None:
        """Put a deployment in a stack's place; the engine refuses one that does not hold together."""
        text = json.dumps({"version": DEPLOYMENT_VERSION, "deployment": deployment})
        self.command.run_with_input(["stack", "import", "--stack", stack], str(self.directory), {}, standard_input=text)

    def remove(self, stack: str) -> None:
        """Forget an empty stack; its configuration stays."""
        self._workspace.remove_stack(stack, preserve_config=True)

    def run(self, arguments: list[str]) -> str:
        """Run any engine command in the project; returns what it printed."""
        return self.command.run(arguments, str(self.directory), {}).stdout

    def _stack(self, name: str) -> Stack:
        return _QuietStack(name, self._workspace, StackInitMode.SELECT)
