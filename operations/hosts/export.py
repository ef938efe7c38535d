"""`metro image`: the golden image, and files of it for what runs machines elsewhere."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from operations.console import Console, Progress
from operations.engine.command import run_long
from operations.errors import InputError, MachineError
from operations.hosts.disk import build_disk
from operations.hosts.image import GoldenImage, ensure_image
from operations.hosts.image_debian import ensure_tools
from operations.hosts.vcenter_template import write_ova

NAME = "metropole"
"""Of the machine in a template."""
_VMDK = ("-O", "vmdk", "-o", "adapter_type=lsilogic,subformat=streamOptimized,compat6")
TOOLS = {"qemu-img": "qemu-utils"}

Write = Callable[[GoldenImage, Path, Path, Progress], None]
"""Image, the file to write, an empty directory beside it, progress."""


def export(files: Sequence[Path], *, as_json: bool) -> None:
    """Make sure of the golden image, write it to each file in the format that its name ends in, and say where it is.

    Raises `InputError` for a format that is none or a file that is there, `MachineError` where one cannot be made.
    """
    console = Console(as_json=as_json)
    writers = {file.resolve(): _writer(file) for file in files}
    if files and os.geteuid() != 0:
        raise MachineError("writing the image needs root: its files belong to root", "run metro as root")
    with console.step("Golden image") as progress:
        golden = ensure_image(progress)
    written = [_write(golden, file, write, console) for file, write in writers.items()]
    console.say(f"image {golden.digest}: {golden.tree}, its bill of materials {golden.sbom}")
    console.result(
        {
            "digest": golden.digest,
            "tree": str(golden.tree),
            "sbom": str(golden.sbom),
            "manifest": str(golden.manifest),
            "written": written,
        }
    )


def bill_of(file: Path) -> Path:
    """Where the bill of materials of a written file is."""
    return file.with_name(f"{file.name}.cdx.json")


def _writer(file: Path) -> Write:
    if file.suffix not in WRITERS:
        raise InputError(
            f"{file}: found {file.suffix or 'no suffix'}, expected one of {', '.join(WRITERS)}",
            f"--write {file.with_suffix('.qcow2')}",
        )
    if not file.parent.is_dir():
        raise InputError(f"{file}: there is no folder {file.parent}", f"mkdir -p {file.parent}")
    for taken in (file, bill_of(file)):
        if taken.exists():
            raise InputError(f"{taken} exists already, and is not overwritten", "name another file, or remove it")
    return WRITERS[file.suffix]


def _write(golden: GoldenImage, file: Path, write: Write, console: Console) -> dict[str, object]:
    """The file appears whole or not at all."""
    with (
        tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as directory,
        console.step(f"Writing {file}") as progress,
    ):
        whole = Path(directory, file.name)
        write(golden, whole, Path(directory), progress)
        for made, place in ((bill_of(whole), bill_of(file)), (whole, file)):
            made.replace(place)
    console.say(f"{file}: {file.stat().st_size / 1e6:.0f} MB, its bill of materials {bill_of(file)}")
    return {"file": str(file), "bytes": file.stat().st_size, "sbom": str(bill_of(file))}


def _write_raw(golden: GoldenImage, file: Path, _: Path, progress: Progress) -> None:
    build_disk(golden.tree, file, progress, bill=bill_of(file))


def _write_qcow2(golden: GoldenImage, file: Path, beside: Path, progress: Progress) -> None:
    _converted(golden, file, beside, progress, "-c", "-O", "qcow2")


def _write_vmdk(golden: GoldenImage, file: Path, beside: Path, progress: Progress) -> None:
    _converted(golden, file, beside, progress, *_VMDK)


def _write_ova(golden: GoldenImage, file: Path, beside: Path, progress: Progress) -> None:
    disk = beside / "disk.vmdk"
    capacity = _converted(golden, disk, beside, progress, *_VMDK)
    progress("packing")
    write_ova(file, NAME, golden.digest, disk, capacity)
    bill_of(disk).replace(bill_of(file))


def _write_tar(golden: GoldenImage, file: Path, _: Path, progress: Progress) -> None:
    _run(progress, "packing", "tar", "--numeric-owner", "--xattrs", "-C", str(golden.tree), "-cf", str(file), ".")
    shutil.copy(golden.sbom, bill_of(file))


def _converted(golden: GoldenImage, file: Path, beside: Path, progress: Progress, *options: str) -> int:
    """Make a disk and convert it; returns how many bytes a machine sees."""
    ensure_tools(progress, TOOLS)
    raw = beside / "disk.raw"
    build_disk(golden.tree, raw, progress, bill=bill_of(file))
    _run(progress, "compressing", "qemu-img", "convert", "-f", "raw", *options, str(raw), str(file))
    return raw.stat().st_size


def _run(progress: Progress, what: str, *argv: str) -> None:
    """Run a program that says nothing of how far it is."""
    finished = run_long(
        argv,
        cwd=Path("/"),
        environment={**os.environ, "LC_ALL": "C.UTF-8"},
        progress=lambda elapsed: progress(f"{what} ({elapsed})"),
        describe=lambda _: "",
    )
    if finished.code != 0:
        raise MachineError(f"{argv[0]} failed (exit code {finished.code}):\n{finished.tail}")


WRITERS: dict[str, Write] = {
    ".raw": _write_raw,
    ".qcow2": _write_qcow2,
    ".vmdk": _write_vmdk,
    ".ova": _write_ova,
    ".tar": _write_tar,
}
"""By how a file's name ends: disks for QEMU and others, a vCenter's disk and template, a container's root."""
