"""What is carried into a guest to judge it: this machine's programs, with the libraries they load."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from operations.console import Progress
from operations.errors import MachineError
from operations.hosts.image_debian import ensure_tools
from operations.hosts.judges.content import ensure_content

TOOLS = {
    "lynis": "lynis",
    "oscap": "openscap-scanner",
    "ssh": "openssh-client",
}
"""What has to be on PATH, and the Debian package it is in."""
LOADER = "lib/loader"
"""The kit's own: its libraries need not be those of the guest."""
_LIBRARY = re.compile(r"(?:=>)?\s*(/\S+) \(0x[0-9a-f]+\)")
_CPE = Path("/usr/share/openscap/cpe")
_LYNIS = Path("/usr/share/lynis")
_LYNIS_CONFIGURATION = Path("/etc/lynis")
_PRIVILEGED = "/usr/sbin:/sbin"


def make_kit(directory: Path, progress: Progress) -> None:
    """Gather it in a new directory, installing on this machine what is missing. Raises `MachineError`."""
    ensure_tools(progress, TOOLS)
    content = ensure_content(progress)
    scanner = _program("oscap")
    (directory / "lib").mkdir(parents=True)
    for library in libraries(said("ldd", str(scanner))):
        shutil.copy(library, directory / (LOADER if library.name.startswith("ld-linux") else f"lib/{library.name}"))
    shutil.copy(scanner, directory / "oscap")
    shutil.copy(content, directory / "content.xml")
    shutil.copytree(_CPE, directory / "cpe")
    shutil.copytree(_LYNIS, directory / "lynis", symlinks=False, ignore=shutil.ignore_patterns("plugins"))
    shutil.copy(_program("lynis"), directory / "lynis" / "lynis")
    shutil.copytree(_LYNIS_CONFIGURATION, directory / "lynis", dirs_exist_ok=True)


def libraries(said: str) -> list[Path]:
    """The files that `ldd` names: each library, and the loader."""
    return [Path(found[1]) for line in said.splitlines() if (found := _LIBRARY.search(line))]


def openscap_version() -> str:
    """As it says. Lynis tells its own with each audit."""
    return said("oscap", "--version").splitlines()[0].rpartition(" ")[2]


def _program(name: str) -> Path:
    found = shutil.which(name) or shutil.which(name, path=_PRIVILEGED)
    if found is None:
        raise MachineError(f"not on PATH: {name}", f"as root: apt-get install {TOOLS[name]}")
    return Path(found)


def said(*argv: str) -> str:
    """What a program of this machine answers. Raises `MachineError` when it does not."""
    try:
        return subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True, timeout=60
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise MachineError(f"{argv[0]} does not answer: {error}") from error
