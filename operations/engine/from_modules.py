"""The same engine, built from checksummed Go modules, with our language host beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from operations.console import Progress
from operations.engine.cache import cache_directory, new_entry
from operations.engine.engine import LANGUAGE_HOST, LANGUAGE_LAUNCHER, Engine, cached_engine
from operations.engine.modules import Target, build, module_directory, sources_hash
from operations.engine.version import ENGINE_VERSION

_SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
_ENGINE_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_FLAGS = ("-ldflags", f"-s -w -X {_SDK_MODULE}/go/common/version.Version={ENGINE_VERSION}")

# Files of the SDK's module that the official distribution puts beside the engine as they are.
_SDK_FILES = (f"python/cmd/{LANGUAGE_LAUNCHER}", "python/dist/pulumi-resource-pulumi-python")


def cached_modules() -> Engine | None:
    """The engine of these sources if it is in the cache already."""
    return cached_engine(_entry() / "bin", ENGINE_VERSION, "modules")


def build_from_modules(progress: Progress) -> Engine:
    """Build it. Raises `MachineError`; the cache's lock must be held."""
    with new_entry(_entry()) as staging:
        bin_dir = staging / "bin"
        bin_dir.mkdir()
        go = build(
            [
                # The small one first: a mistake in it shows in seconds.
                Target(f"./cmd/{LANGUAGE_HOST}", bin_dir / LANGUAGE_HOST, _FLAGS),
                Target(_ENGINE_PACKAGE, bin_dir / "pulumi", _FLAGS),
            ],
            progress,
        )
        sdk = module_directory(go, _SDK_MODULE)
        for file in _SDK_FILES:
            copied = bin_dir / Path(file).name
            shutil.copyfile(sdk / file, copied)
            copied.chmod(0o755)
    return Engine(ENGINE_VERSION, _entry() / "bin" / "pulumi", "modules", _entry() / "bin")


def _entry() -> Path:
    return cache_directory() / "engine" / f"{ENGINE_VERSION}-modules-{sources_hash(f'cmd/{LANGUAGE_HOST}')}"
