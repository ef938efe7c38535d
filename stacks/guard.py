"""The gate before this very program: asked before anything is registered, and again in the engine's hooks.

It knows the guard's protocol and nothing else of the gate. The guard is a process of its own, or the one whose socket
`metro up` names, or the one a policy pack of the same engine run has started.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, Final, cast

import pulumi
from google.protobuf import json_format
from pulumi.runtime import rpc, settings

from stacks.configuration import written_configuration

CHECKOUT: Final = Path(__file__).resolve().parents[1]
PLANNING_VARIABLE: Final = "METROPOLE_PLANNING"
"""Set by the offline planner for the programs it runs: what is being planned is judged by whoever planned it."""
SOCKET_VARIABLE: Final = "METROPOLE_GUARD"
"""Names the socket of a guard that serves several programs."""
NO_GUARD: Final = "none"
"""In the place of a socket: nobody is asked, as in a rehearsal of what the gate would stop."""
HOOK: Final = "metropole-gate"
"""The engine's hook that asks again; the comparison of plan and preview knows it by this name."""
PROTOCOL: Final = 1
HIDDEN: Final = "hidden"
"""Stands for every text that is secret: the guard needs to know that it is there, never what it is."""
_KEPT: Final = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "METROPOLE_STATE", "METROPOLE_RUN")


class GateClosed(pulumi.RunError):
    """The gate stops this program; the message is for people."""


class Guard:
    """The conversation with the guard; ends with the program."""

    def __init__(self, reading: IO[bytes], writing: IO[bytes]) -> None:
        self._reading = reading
        self._writing = writing
        self._lock = threading.Lock()
        # Those of the event loop may all be waiting for an engine that waits for what is asked here.
        self._thread = ThreadPoolExecutor(1, "gate")

    async def ask_meanwhile(self, question: Mapping[str, object]) -> Mapping[str, Any]:
        """The same as `ask`, for the event loop: it goes on."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.ask, question)

    def ask(self, question: Mapping[str, object]) -> Mapping[str, Any]:
        """One question, one answer. Raises `GateClosed` unless the answer is that it may go on."""
        try:
            with self._lock:
                self._writing.write(json.dumps(question).encode() + b"\n")
                self._writing.flush()
                line = self._reading.readline()
            answer = cast("Mapping[str, Any]", json.loads(line))
            verdict = answer["verdict"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GateClosed(
                f"the gate did not answer, so nothing is deployed: {type(error).__name__}\n"
                "  remedy: ./metro gate says what the guard says; see the lines above for its own words"
            ) from None
        if verdict != "open":
            raise GateClosed(str(answer.get("message") or "the gate is closed"))
        return answer


def stop_unless_the_gate_is_open() -> None:
    """Raise `GateClosed` where a rule is broken; have the engine ask again before what only it can decide."""
    if os.environ.get(PLANNING_VARIABLE) or os.environ.get(SOCKET_VARIABLE) == NO_GUARD:
        return
    guard = _connected()
    config, secret_keys = written_configuration()
    answer = guard.ask(
        {
            "kind": "gate",
            "protocol": PROTOCOL,
            "stack": pulumi.get_stack(),
            "project": settings.get_root_directory(),
            "dry_run": pulumi.runtime.is_dry_run(),
            "config": {key: hidden_secret(value) if key in secret_keys else value for key, value in config.items()},
            "secret_keys": sorted(secret_keys),
        }
    )
    watched = cast("Mapping[str, list[str]]", answer.get("watched") or {})
    if watched:
        _watch(guard, {_type_and_name(urn) for urn in watched})


def _watch(guard: Guard, resources: set[tuple[str, str]]) -> None:
    async def ask(args: pulumi.ResourceHookArgs) -> None:
        inputs = await rpc.serialize_properties(dict(args.new_inputs or {}), {})
        wire = json_format.MessageToDict(inputs)
        question = {"kind": "operation", "urn": args.urn, "inputs": without_secrets(wire)}
        await guard.ask_meanwhile(question)

    hook = pulumi.ResourceHook(HOOK, ask, pulumi.ResourceHookOptions(on_dry_run=True))
    binding = pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])

    def bind(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if (args.type_, args.name) not in resources:
            return None
        options = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(hooks=binding))
        return pulumi.ResourceTransformationResult(args.props, options)

    # A URN is not known before its parents are; a name that stands twice is asked about twice, by its URN.
    pulumi.runtime.register_stack_transformation(bind)


def _connected() -> Guard:
    named = os.environ.get(SOCKET_VARIABLE)
    if named:
        return at_socket(Path(named), named=True)
    beside = pack_socket(sys.orig_argv)
    if beside is not None and beside.exists():
        try:
            return at_socket(beside, named=False)
        except GateClosed:  # of a policy pack that has ended since
            beside.unlink(missing_ok=True)
    return _own_process()


def pack_socket(arguments: list[str]) -> Path | None:
    """Where the policy pack of the engine that started this process listens, if there is one.

    An engine run tells its address to the program and to the pack alike: that is what they know each other by.
    """
    if "--engine" in arguments[:-1]:
        address = arguments[arguments.index("--engine") + 1]
    elif "pulumi.policy" in arguments[:-1]:
        address = arguments[arguments.index("pulumi.policy") + 1]
    else:
        return None
    return Path(tempfile.gettempdir()) / f"metropole-guard-{os.getuid()}" / f"{address.rpartition(':')[2]}.sock"


def at_socket(path: Path, *, named: bool) -> Guard:
    """A guard that listens there; `named` is one that was handed to this program."""
    try:
        status = path.parent.lstat()
        if status.st_uid != os.getuid() or status.st_mode & 0o077:
            raise GateClosed(
                f"{path.parent} is open to others, so no guard in it is believed\n"
                f"  remedy: chmod 700 {path.parent}, once you know who made it"
            )
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
    except OSError as error:
        remedy = f"unset {SOCKET_VARIABLE}, or run ./metro up again" if named else "run the same command again"
        raise GateClosed(f"the gate cannot be asked at {path}: {error.strerror}\n  remedy: {remedy}") from None
    return Guard(connection.makefile("rb"), connection.makefile("wb"))


def _own_process() -> Guard:
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "operations.guard"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=CHECKOUT,
        env={**environment, "PYTHONPATH": str(CHECKOUT)},
    )
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    return Guard(process.stdout, process.stdin)


def _type_and_name(urn: str) -> tuple[str, str]:
    _, _, qualified, name = urn.split("::", 3)
    return qualified.rpartition("$")[2], name


def hidden_secret(secret: str) -> str:
    """A secret's shape, as a program checks it, with nothing in it that is secret."""
    try:
        parsed = json.loads(secret)
    except ValueError:
        return HIDDEN
    return json.dumps(_shape(parsed)) if isinstance(parsed, dict | list) else HIDDEN


def _shape(value: object) -> object:
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [_shape(inner) for inner in cast("list[object]", value)]
    return HIDDEN if isinstance(value, str) and value else value if value in (None, "") else HIDDEN


def without_secrets(value: Any) -> Any:
    """The same on the wire with every secret's value left out."""
    if isinstance(value, list):
        return [without_secrets(inner) for inner in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    entries = cast("dict[str, Any]", value)
    if entries.get(_SIGNATURE) == _SECRET:
        return {_SIGNATURE: _SECRET, "value": None}
    return {key: without_secrets(inner) for key, inner in entries.items()}


_SIGNATURE: Final = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage]  # the protocol's constants have no public name
_SECRET: Final = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage]
