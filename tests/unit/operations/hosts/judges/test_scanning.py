"""What is asked of judges inside a guest, and what is taken of what it sends: data, whoever sends it."""

from __future__ import annotations

import io
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest

from operations.errors import MachineError
from operations.hosts.judges.guest import Guest
from operations.hosts.judges.scanning import INSIDE, judging, scan
from tests.unit.operations.hosts.judges.results import REPORT, results

STAND_IN = """\
#!/bin/sh
# The guest's ssh: what is carried in is thrown away, what is fetched was prepared, and judges end as they are told to.
case "$*" in
*"tar -xz"*) cat >/dev/null ;;
*"tar -c"*) cat {archive} ;;
*) exit {code} ;;
esac
"""


def archive_of(directory: Path, files: dict[str, str]) -> Path:
    archive = directory / "fetched.tar"
    with tarfile.open(archive, "w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(text.encode()), 0o4777
            tar.addfile(member, io.BytesIO(text.encode()))
        for name, kind in (("link", tarfile.SYMTYPE), ("device", tarfile.CHRTYPE), ("directory", tarfile.DIRTYPE)):
            special = tarfile.TarInfo(name)
            special.type, special.linkname = kind, "/etc/passwd"
            tar.addfile(special)
    return archive


def guest_that(directory: Path, monkeypatch: pytest.MonkeyPatch, archive: Path, code: int = 0) -> Guest:
    programs = directory / "programs"
    programs.mkdir()
    (programs / "ssh").write_text(STAND_IN.format(archive=archive, code=code), encoding="utf-8")
    (programs / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    (directory / "kit").mkdir()
    (directory / "evidence").mkdir()
    return Guest("h", directory / "ssh_config")


def test_what_judges_wrote_is_read_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = archive_of(tmp_path, {"./enhanced.xml": results(a="pass"), "./lynis-report.dat": REPORT})
    guest = guest_that(tmp_path, monkeypatch, archive)
    scans, audit = scan(guest, tmp_path / "kit", ["enhanced"], tmp_path / "evidence", lambda _: None)
    assert ([each.results for each in scans], audit.index) == ([{"a": "pass"}], 89)
    kept = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "evidence").iterdir()}
    assert kept == {"enhanced.xml": 0o600, "lynis-report.dat": 0o600}


def test_a_guest_writes_nowhere_but_into_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"./enhanced.xml": results(a="pass"), "./lynis-report.dat": REPORT, "../../outside": "x", "/abs": "x"}
    guest = guest_that(tmp_path, monkeypatch, archive_of(tmp_path, files))
    scan(guest, tmp_path / "kit", ["enhanced"], tmp_path / "evidence", lambda _: None)
    assert {path.name for path in (tmp_path / "evidence").iterdir()} >= {"outside", "abs"}
    assert not (tmp_path.parent / "outside").exists()
    assert not Path("/abs").exists()


def test_a_judge_that_fails_is_told_and_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    guest = guest_that(tmp_path, monkeypatch, archive_of(tmp_path, {}), code=1)
    with pytest.raises(MachineError, match=r"judging failed \(exit code 1\)"):
        scan(guest, tmp_path / "kit", ["enhanced"], tmp_path / "evidence", lambda _: None)


def test_garbage_is_no_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    garbage = tmp_path / "garbage"
    garbage.write_bytes(b"\0garbage" * 100)
    guest = guest_that(tmp_path, monkeypatch, garbage)
    with pytest.raises(MachineError, match="cannot be read"):
        scan(guest, tmp_path / "kit", ["enhanced"], tmp_path / "evidence", lambda _: None)
    assert not list((tmp_path / "evidence").iterdir())


def judged(directory: Path, scanner: str) -> subprocess.CompletedProcess[str]:
    """What asking all judges comes to where OpenSCAP is that script, and Lynis finds nothing."""
    (directory / "lynis").mkdir()
    (directory / "out").mkdir()
    (directory / "lynis" / "lynis").write_text("exit 0\n")
    loader = directory / "lib" / "loader"
    loader.parent.mkdir()
    loader.write_text(f"#!/bin/sh\ncd {directory}\n{scanner}\n")
    loader.chmod(0o755)
    line = judging(["enhanced", "intermediary"]).replace(INSIDE, str(directory))
    return subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=False, timeout=20, text=True)


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (1, 1), (2, 0)])
def test_rules_that_are_not_met_are_no_failure_of_the_judge(code: int, ends: int, tmp_path: Path) -> None:
    assert judged(tmp_path, f"echo $* >>asked; exit {code}").returncode == ends
    profiles = (tmp_path / "asked").read_text().count("--profile xccdf_org.ssgproject.content_profile_anssi_bp28_")
    assert profiles == (1 if ends else 2)


@pytest.mark.parametrize(("crashes", "ends", "asked"), [(2, 0, 4), (9, 1, 3)])
def test_a_judge_that_crashes_is_asked_again_and_given_up(crashes: int, ends: int, asked: int, tmp_path: Path) -> None:
    crash = f"echo >>asked; [ $(wc -l <asked) -gt {crashes} ] || kill -SEGV $$; exit 2"
    finished = judged(tmp_path, crash)
    assert finished.returncode == ends
    assert (tmp_path / "asked").read_text().count("\n") == asked
    assert finished.stdout.count("crashed, and is asked again") == min(crashes, 3)
