"""Carries the kit into a guest, runs the judges there, and brings what they wrote."""

from __future__ import annotations

import shlex
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from operations.console import Progress
from operations.errors import MachineError
from operations.hosts.judges.guest import Guest
from operations.hosts.judges.kit import LOADER
from operations.hosts.judges.lynis import Audit, read_report
from operations.hosts.judges.openscap import PROFILE, Scan, read_results

INSIDE = "/opt/judges"
"""In the guest: of the places where programs may be run, the one that hosts leave empty."""
Stream = IO[bytes] | int | None
_LYNIS = (
    "sh ./lynis audit system --quick --no-colors --profile ./default.prf "
    "--report-file ../out/lynis-report.dat --logfile ../out/lynis.log"
)
"""Its own default profile, with nothing skipped."""
_FOLLOWED = (
    "while kill -0 $lynis 2>/dev/null; do "
    "tail -n 80 out/lynis.log | sed -n 's/.*Performing test ID/Lynis:/p' | tail -n 1; sleep 5; done"
)
"""Says which test Lynis is at until it ends."""
_CARRY_S = 900
_SOME_NOT_MET = 2
"""OpenSCAP's exit code when rules are not met, beside 0 for none."""
_ENDED_BY_SIGNAL = 128
"""A shell's exit codes are over it for a program that crashed, as OpenSCAP was seen to: that is no answer."""
_ATTEMPTS = "1 2 3"


def scan(guest: Guest, kit: Path, levels: Sequence[str], folder: Path, progress: Progress) -> tuple[list[Scan], Audit]:
    """What OpenSCAP says by the profile of each level, and Lynis; their own files are in `folder` then.

    Raises `MachineError`.
    """
    progress("carrying the judges into the guest")
    _carry(guest, kit)
    guest.run(_as_root(judging(levels)), "judging", progress)
    _fetch(guest, folder)
    return [read_results(folder / f"{level}.xml", level) for level in levels], read_report(folder / "lynis-report.dat")


def judging(levels: Sequence[str]) -> str:
    """The shell line that asks all judges: Lynis, which takes longest, while OpenSCAP goes through its profiles."""
    audit = f"(cd {INSIDE}/lynis && {_LYNIS} >../out/lynis.txt 2>&1) & lynis=$!"
    scans = "".join(
        f"for attempt in {_ATTEMPTS}; do {_openscap(level)}; code=$?; [ $code -gt {_ENDED_BY_SIGNAL} ] || break; "
        f"echo 'OpenSCAP crashed, and is asked again'; done; [ $code = 0 ] || [ $code = {_SOME_NOT_MET} ] || exit 1; "
        for level in levels
    )
    return f"cd {INSIDE}; {audit}; {scans}{_FOLLOWED}; wait $lynis"


def _openscap(level: str) -> str:
    scanner = f"OSCAP_CPE_PATH={INSIDE}/cpe {INSIDE}/{LOADER} --library-path {INSIDE}/lib {INSIDE}/oscap"
    # The content is Debian's own: checking its form again would need 65 MB of schemas.
    options = f"--progress --skip-valid --profile {PROFILE.format(level=level)} --results out/{level}.xml"
    return f"{scanner} xccdf eval {options} content.xml"


def _as_root(line: str) -> tuple[str, ...]:
    return ("sudo", "sh", "-c", shlex.quote(f"umask 077; {line}"))


def _carry(guest: Guest, kit: Path) -> None:
    unpack = f"mkdir -p {INSIDE}/out && tar -xzC {INSIDE} --no-same-owner"
    pack = ["tar", "-czC", str(kit), "--owner=0", "--group=0", "."]
    with subprocess.Popen(pack, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as packing:
        _ssh(guest, unpack, stdin=packing.stdout)


def _fetch(guest: Guest, folder: Path) -> None:
    """What a guest sends is data: nothing but plain files, named by us, is taken out of it."""
    archive = folder / ".fetched.tar"
    archive.touch(mode=0o600)
    try:
        with archive.open("wb") as stream:
            _ssh(guest, f"tar -cC {INSIDE}/out .", stdout=stream)
        with tarfile.open(archive) as tar:
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                if stream is not None:
                    file = folder / Path(member.name).name
                    file.touch(mode=0o600)
                    file.write_bytes(stream.read())
    except tarfile.TarError as error:
        raise MachineError(f"what the guest sent cannot be read: {error}") from error
    finally:
        archive.unlink()


def _ssh(guest: Guest, line: str, stdin: Stream = subprocess.DEVNULL, stdout: Stream = subprocess.DEVNULL) -> None:
    argv = guest.ssh(*_as_root(line))
    try:
        finished = subprocess.run(
            argv, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=_CARRY_S
        )
    except subprocess.TimeoutExpired as error:
        raise MachineError(f"the guest did not take or give files within {_CARRY_S} s") from error
    if finished.returncode != 0:
        raise MachineError(f"the guest took or gave no files: {finished.stderr.decode(errors='replace').strip()}")
