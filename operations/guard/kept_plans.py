"""Plans kept from one command to the next, found by a digest of everything that a plan is made of."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from operations.paths import CHECKOUT
from planning.configuration import SECURE
from planning.plan import Plan
from playbooks.digest import playbook_digest
from territory.loader import territory_folder

SOURCES = ("territory", "components", "stacks", "planning", "playbooks")
KEPT = 12
Hash = Any
"""What `hashlib` returns, which has no public name."""
SIGNING_REQUESTS = "metropole:signingRequests"


def plan_digest(reference: str, settings: Mapping[str, Mapping[str, Any]]) -> str:
    """What a plan is made of: sources, the territory's files, configuration without its secrets, versions."""
    digest = hashlib.sha256()
    _add(digest, "python", sys.version, version("pulumi"))
    for folder in SOURCES:
        _add_files(digest, folder, (CHECKOUT / folder).rglob("*.py"))
    _add(digest, "playbook", playbook_digest())
    _add_files(digest, "lock", [CHECKOUT / "requirements.lock"])
    _add_files(digest, "territory", territory_folder(reference).rglob("*"))
    for stack, told in sorted(settings.items()):
        plain = {key: _without_secrets(value) for key, value in told.items()}
        _add(digest, stack, json.dumps(plain, sort_keys=True, default=str))
        requests = told.get(SIGNING_REQUESTS)
        if isinstance(requests, str):
            _add_files(digest, "signing requests", Path(requests).rglob("*"))
    return digest.hexdigest()


def kept_plan(state: Path, digest: str) -> Plan | None:
    """The plan of that digest; None where there is none, or where the file is not what was written."""
    try:
        content = _file(state, digest).read_bytes()
    except OSError:
        return None
    checksum, _, text = content.partition(b"\n")
    if checksum.decode(errors="replace") != _checksum(digest, text):
        return None
    _file(state, digest).touch()
    return Plan.from_json(text)


def keep_plan(state: Path, digest: str, plan: Plan) -> None:
    """Write a plan down, readable by its owner alone, whole or not at all; the oldest ones go."""
    file = _file(state, digest)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = plan.model_dump_json(exclude_defaults=True).encode()
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(_checksum(digest, text).encode() + b"\n" + text)
    beside.replace(file)
    plans = sorted(file.parent.glob("*.json"), key=lambda each: each.stat().st_mtime, reverse=True)
    for old in plans[KEPT:]:
        old.unlink(missing_ok=True)


def _file(state: Path, digest: str) -> Path:
    return state / "plans" / f"{digest}.json"


def _checksum(digest: str, text: bytes) -> str:
    return hashlib.sha256(digest.encode() + text).hexdigest()


def _add(digest: Hash, *texts: str) -> None:
    for text in texts:
        encoded = text.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)


def _add_files(digest: Hash, label: str, files: Iterable[Path]) -> None:
    _add(digest, label)
    for file in sorted(files):
        if file.is_file():
            _add(digest, str(file), hashlib.sha256(file.read_bytes()).hexdigest())


def _without_secrets(value: object) -> object:
    """The same shape with nothing in it that is secret; equal for a file's objects and the engine's JSON of them."""
    if _holds_secret(value):
        return {SECURE: _shape(value)}
    if isinstance(value, str):
        parsed = _parsed(value)
        return parsed if isinstance(parsed, dict | list) else value
    return value if isinstance(value, dict | list) else json.dumps(value)


def _holds_secret(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    entries = cast("Mapping[str, object]", value)
    return set(entries) == {SECURE} or any(map(_holds_secret, entries.values()))


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _shape(value: object) -> object:
    if isinstance(value, str):
        value = _parsed(value)
    if not isinstance(value, Mapping):
        return ""
    entries = cast("Mapping[str, object]", value)
    if set(entries) == {SECURE}:
        return _shape(entries[SECURE])
    return {key: _shape(inner) for key, inner in entries.items()}
