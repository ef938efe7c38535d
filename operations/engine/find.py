"""Which engine to use: the machine's own, the official release, or one built from Go modules."""

from __future__ import annotations

import os

from operations.console import Progress
from operations.engine.cache import locked
from operations.engine.engine import Engine
from operations.engine.from_modules import build_from_modules, cached_modules
from operations.engine.official import DownloadFailed, cached_official, download_official
from operations.engine.on_path import engine_on_path
from operations.engine.version import ENGINE_VERSION
from operations.errors import InputError, MachineError

ORIGIN_VARIABLE = "METROPOLE_ENGINE"
"""Forces an origin: `path`, `official` or `modules`; `auto` (the default) takes the first that serves."""

_ORIGINS = ("auto", "path", "official", "modules")

_INSTALL = f"install Pulumi {ENGINE_VERSION} or newer (https://www.pulumi.com/docs/install/) and put it on PATH"


def wanted_origin() -> str:
    """The origin that the environment asks for. Raises `InputError` for one there is not."""
    asked = os.environ.get(ORIGIN_VARIABLE) or "auto"
    if asked not in _ORIGINS:
        raise InputError(
            f"{ORIGIN_VARIABLE}={asked} names no origin of the engine", f"use one of {', '.join(_ORIGINS)}"
        )
    return asked


def find_engine() -> tuple[Engine | None, str]:
    """The engine that is here already, without downloading or building, and a sentence on what was found."""
    origin = wanted_origin()
    said = "none is in the cache"
    if origin in ("auto", "path"):
        engine, said = engine_on_path()
        if engine or origin == "path":
            return engine, said
    if origin in ("auto", "official") and (engine := cached_official()):
        return engine, "the official release is in the cache"
    if origin in ("auto", "modules") and (engine := cached_modules()):
        return engine, "it was built from Go modules and is in the cache"
    return None, said


def ensure_engine(progress: Progress) -> Engine:
    """An engine ready to use, downloading or building one if need be.

    Raises `MachineError` naming each origin that failed, and `InputError` for an unknown `METROPOLE_ENGINE`.
    """
    origin = wanted_origin()
    engine, said = find_engine()
    if engine is not None:
        return engine
    if origin == "path":
        raise MachineError(f"{said}, and {ORIGIN_VARIABLE}=path allows no other engine", _INSTALL)
    with locked("engine", progress):
        engine, said = find_engine()
        return engine or _make(origin, said, progress)


def _make(origin: str, said: str, progress: Progress) -> Engine:
    failures = [said] if origin == "auto" else []
    if origin in ("auto", "official"):
        progress("looking for the official release")
        try:
            return download_official(progress)
        except DownloadFailed as error:
            failures.append(f"the official release cannot be had: {error}")
            progress(f"{error}; building from Go modules" if origin == "auto" else str(error))
    if origin in ("auto", "modules"):
        try:
            return build_from_modules(progress)
        except MachineError as error:
            failures.append(error.message)
            raise MachineError(_no_engine(failures), f"{_INSTALL}; or: {error.remedy}") from error
    raise MachineError(_no_engine(failures), _INSTALL)


def _no_engine(failures: list[str]) -> str:
    return "\n".join([f"there is no Pulumi engine {ENGINE_VERSION} here:", *(f"- {failure}" for failure in failures)])
