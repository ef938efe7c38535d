"""The inputs of a `HostBaseline`: what they have to look like, and the digest that says what was applied."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from pulumi.provider.experimental.property_value import PropertyValue

from providers.logic import CheckFailure, Properties
from providers.values import Plain, contains_unknown, plain_value
from territory.hosts import HardeningLevel, HostRole

TYPE = "metropole:hosts:HostBaseline"
IDENTITY = ("host", "machineId")
"""Another of these is another machine."""
CONTENT = ("role", "level", "groups", "variables", "playbookDigest")
"""What is applied again when it differs."""
ROUTE = "through"
"""The host it is reached through, if any: waited for, and nothing of the host itself."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_TEMPLATE = re.compile(r"{[{%#]")
_CONNECTION = "ansible_"


@dataclass(frozen=True)
class Baseline:
    """Checked inputs, all of them known."""

    host: str
    """As in the ssh configuration."""
    groups: tuple[str, ...]
    variables: Mapping[str, Plain]
    playbook_digest: str
    digest: str
    """Of all that decides what is applied."""
    through: str | None = None
    """The host it is reached through."""

    @classmethod
    def of(cls, inputs: Properties) -> Baseline:
        """From inputs that `failures` found nothing wrong with."""
        plain = {name: plain_value(inputs[name]) for name in (*IDENTITY, *CONTENT)}
        content = json.dumps([plain[name] for name in CONTENT], ensure_ascii=False)
        return cls(
            host=str(plain["host"]),
            groups=tuple(cast("list[str]", plain["groups"])),
            variables=json.loads(str(plain["variables"])),
            playbook_digest=str(plain["playbookDigest"]),
            digest=hashlib.sha256(content.encode()).hexdigest(),
            through=str(plain_value(inputs[ROUTE])) if ROUTE in inputs else None,
        )


def is_known(inputs: Properties) -> bool:
    """Whether nothing of the inputs has to wait for the update."""
    return not any(contains_unknown(value) for value in inputs.values())


def failures(inputs: Properties) -> Iterator[CheckFailure]:
    """What is wrong with inputs, property by property; what is not known yet is taken for right."""
    for name in inputs:
        if name not in _CHECKS:
            yield CheckFailure(name, f"{TYPE} has no such input")
    for name, check in _CHECKS.items():
        if name == ROUTE and name not in inputs:
            continue
        if name not in inputs:
            yield CheckFailure(name, "is required")
        elif inputs[name].contains_secret():
            yield CheckFailure(name, "holds a secret, and inventories and states keep none: leave it out")
        elif not contains_unknown(inputs[name]):
            yield from (CheckFailure(where, reason) for where, reason in check(name, inputs[name]))


_Problems = Iterator[tuple[str, str]]


def _host(name: str, value: PropertyValue) -> _Problems:
    if not isinstance(value.value, str) or not _LABEL.fullmatch(value.value):
        yield name, f"found {value.value!r}, expected one DNS label: small letters, digits and dashes, at most 63"


def _machine(name: str, value: PropertyValue) -> _Problems:
    if not isinstance(value.value, str) or not value.value:
        yield name, f"found {value.value!r}, expected the UUID of a virtual machine or the id of an instance"


def _role(name: str, value: PropertyValue) -> _Problems:
    if value.value not in list(HostRole):
        yield name, f"found {value.value!r}, expected one of {', '.join(HostRole)}"


def _level(name: str, value: PropertyValue) -> _Problems:
    if value.value not in list(HardeningLevel):
        yield name, f"found {value.value!r}, expected one of {', '.join(HardeningLevel)}"


def _groups(name: str, value: PropertyValue) -> _Problems:
    groups = plain_value(value)
    if not isinstance(groups, list):
        yield name, "expected a list of groups"
        return
    for index, group in enumerate(groups):
        if not isinstance(group, str) or not _NAME.fullmatch(group):
            yield f"{name}[{index}]", f"found {group!r}, expected small letters, digits and underscores"


def _variables(name: str, value: PropertyValue) -> _Problems:
    try:
        variables = json.loads(value.value) if isinstance(value.value, str) else None
    except json.JSONDecodeError as error:
        yield name, f"is no JSON: {error}"
        return
    if not isinstance(variables, dict):
        yield name, "expected the text of a JSON object"
        return
    for variable, content in cast("dict[str, Plain]", variables).items():
        if not _NAME.fullmatch(variable):
            yield name, f"found a variable {variable!r}, expected small letters, digits and underscores"
        elif variable.startswith(_CONNECTION):
            yield f"{name}.{variable}", "says how a host is reached, which only the ssh configuration does"
        elif any(_TEMPLATE.search(text) for text in _texts(content)):
            yield f"{name}.{variable}", "holds a template, which Ansible would evaluate"


def _texts(value: Plain) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield key
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _digest(name: str, value: PropertyValue) -> _Problems:
    if not isinstance(value.value, str) or not _DIGEST.fullmatch(value.value):
        yield name, f"found {value.value!r}, expected a SHA-256 digest in hexadecimal"


_CHECKS = {
    "host": _host,
    "machineId": _machine,
    "role": _role,
    "level": _level,
    "groups": _groups,
    "variables": _variables,
    "playbookDigest": _digest,
    ROUTE: _host,
}
