"""Where OpenSCAP's content for Debian 12 comes from: Debian packages it, but not before its next release."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from operations import debian
from operations.console import Progress
from operations.engine.cache import cache_directory, locked, new_entry
from operations.errors import MachineError
from operations.hosts.image_debian import MACHINE_SOURCES

PACKAGE = "ssg-debian"
RELEASE = "trixie"
"""The first release whose package knows Debian 12."""
_FILE = Path("usr/share/xml/scap/ssg/content/ssg-debian12-ds.xml")
_LIMIT_S = 600


def ensure_content(progress: Progress) -> Path:
    """The data stream: this machine's own, the cache's, or unpacked from Debian's next release, installing nothing.

    apt checks signatures as it does for everything else. Raises `MachineError`.
    """
    installed, entry = Path("/") / _FILE, cache_directory() / "judges" / PACKAGE
    if installed.exists():
        return installed
    if not (entry / _FILE).exists():
        remedy = f"install {PACKAGE} of Debian 13 or newer, which holds /{_FILE}"
        if not debian.can_install() or not MACHINE_SOURCES.exists():
            raise MachineError(f"OpenSCAP's content for Debian 12 is not here: /{_FILE}", remedy)
        with locked("judges-content", progress):
            progress(f"fetching {PACKAGE} of Debian {RELEASE}")
            with new_entry(entry) as staging:
                _fetch(staging, remedy)
    return entry / _FILE


def newer_sources(text: str) -> str:
    """This machine's first Debian source, of the release the content comes from. Raises `MachineError`."""
    first = text.strip().split("\n\n")[0]
    newer, changed = re.subn(r"(?m)^Suites:.*$", f"Suites: {RELEASE}", first)
    if changed != 1:
        raise MachineError(f"{MACHINE_SOURCES} names no suite", f"install {PACKAGE} of Debian 13 or newer")
    return f"{newer}\n"


def _fetch(staging: Path, remedy: str) -> None:
    apt, sources = staging / "apt", staging / "apt" / "newer.sources"
    for name in ("lists", "cache/archives"):
        (apt / name / "partial").mkdir(parents=True)
    sources.write_text(newer_sources(MACHINE_SOURCES.read_text(encoding="utf-8")), encoding="utf-8")
    own = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": str(apt),
        "Dir::State::Lists": str(apt / "lists"),
        "Dir::Cache": str(apt / "cache"),
        "APT::Sandbox::User": "root",
    }
    options = [part for name, value in own.items() for part in ("-o", f"{name}={value}")]
    _run(["apt-get", "-qq", *options, "update"], apt, remedy)
    _run(["apt-get", "-qq", *options, "download", PACKAGE], apt, remedy)
    [package] = apt.glob(f"{PACKAGE}_*.deb")
    _run(["dpkg-deb", "--extract", str(package), str(staging)], apt, remedy)
    shutil.rmtree(apt)
    if not (staging / _FILE).exists():
        raise MachineError(f"{package.name} holds no /{_FILE}", remedy)


def _run(argv: list[str], directory: Path, remedy: str) -> None:
    finished = debian.run(argv, argv[0], remedy, limit_s=_LIMIT_S, directory=directory)
    if finished.returncode != 0:
        raise MachineError(f"{argv[0]} failed: {finished.stderr.strip()[-300:]}", remedy)
