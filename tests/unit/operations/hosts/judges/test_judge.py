"""`metro verify --judges` with imagined guests: whom it asks, what it answers, what is kept and who may read it."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from operations.errors import AnswerNo, InputError, MachineError
from operations.hosts.image import GoldenImage
from operations.hosts.judges import judge as command
from operations.hosts.judges.guest import Guest
from operations.hosts.judges.judge import judge, representatives
from operations.hosts.judges.lynis import Audit
from operations.hosts.judges.openscap import Scan
from operations.territories import choose_territory
from operations.verbs.verify import verify
from playbooks.digest import playbook_digest
from providers.hosts.baseline import Baseline
from providers.hosts.outcome import Outcome, State
from territory.hosts import hosts
from tests.unit.operations.hosts.judges.test_verdict import WELL, scan_of

Ask = Callable[..., dict[str, Any]]


class Imagined:
    """What guests would be and judges say; a test changes it."""

    def __init__(self, work: Path) -> None:
        self.scans: dict[bool, Callable[[str], Scan]] = {False: bare, True: well}
        self.audit = WELL
        self.fails: dict[str, Outcome] = {}
        self.hardened: list[str] = []
        self.booted: list[Path] = []
        self.work = work

    @contextmanager
    def running(self, _: str, disk: Path, *rest: object) -> Generator[object]:
        self.booted.append(disk)
        yield type("Machine", (), {"port": 1})()

    def harden(
        self, _mode: object, waves: Sequence[Sequence[Baseline]], *_: object
    ) -> dict[str, tuple[Outcome, float]]:
        host = waves[0][0].host
        self.hardened.append(host)
        return {host: (self.fails.get(host, Outcome(State.DONE)), 1.0)}

    def scan(
        self, guest: Guest, _kit: Path, levels: Sequence[str], folder: Path, _: object
    ) -> tuple[list[Scan], Audit]:
        hardened = folder.name == f"{guest.name}-hardened"
        return [self.scans[hardened](level) for level in levels], self.audit


def well(level: str) -> Scan:
    return scan_of(level, 200, 0)


def bare(level: str) -> Scan:
    return scan_of(level, 100, 100)


@pytest.fixture
def imagined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Imagined:
    made = Imagined(tmp_path)
    image = tmp_path / "images" / "0123456789abcdef"
    image.mkdir(parents=True)
    (image / "manifest.json").write_text(json.dumps({"digest": image.name, "tree_digest": "f" * 64}))

    def golden(_: object) -> GoldenImage:
        return GoldenImage(image / "tree", image.name, image / "sbom", image / "manifest.json")

    def nothing(*_: object) -> None:
        return None

    def touched(_tree: Path, disk: Path, _progress: object) -> None:
        disk.touch()

    def bare(_: object) -> Path:
        return tmp_path

    monkeypatch.setenv("METROPOLE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("METROPOLE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(command.os, "geteuid", lambda: 0)
    monkeypatch.setattr(command, "SPACE_GIB", 0)
    monkeypatch.setattr(command, "ensure_image", golden)
    monkeypatch.setattr(command, "make_kit", nothing)
    monkeypatch.setattr(command, "write_seed", nothing)
    monkeypatch.setattr(command, "build_disk", touched)
    monkeypatch.setattr(command, "ensure_bare_image", bare)
    monkeypatch.setattr(command, "accelerator", lambda: "tcg")
    monkeypatch.setattr(command, "ensure_tools", nothing)
    monkeypatch.setattr(command, "openscap_version", lambda: "1")
    monkeypatch.setattr(command, "version", lambda: "2")
    monkeypatch.setattr(command, "running", made.running)
    monkeypatch.setattr(command, "run_playbook", made.harden)
    monkeypatch.setattr(command, "scan", made.scan)
    monkeypatch.setattr(Guest, "wait", nothing)
    return made


@pytest.fixture
def ask(imagined: Imagined, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    def asked(*names: str, before: bool = False) -> dict[str, Any]:
        try:
            judge("sandbox", names, tmp_path / "evidence", before=before, as_json=True)
        except AnswerNo as error:
            return {**error.result}
        return json.loads(capsys.readouterr().out)

    return asked


def test_one_host_a_level_is_judged_unless_told_otherwise(ask: Ask, imagined: Imagined) -> None:
    result = ask()
    names = [host.name for host in representatives(hosts(choose_territory("sandbox").model))]
    assert [(row["name"], row["level"]) for row in result["judged"]] == [
        ("lac-bastion", "enhanced"),
        ("pessac-open-data-publisher-1", "intermediary"),
    ]
    assert imagined.hardened == names
    assert (result["verdict"], result["problems"]) == ("pass", [])
    assert [scan["score"] for row in result["judged"] for scan in row["openscap"]] == [100, 100]


def test_before_is_packages_alone_by_every_level_asked_of(ask: Ask, imagined: Imagined) -> None:
    result = ask(before=True)
    first = result["judged"][0]
    assert (first["hardened"], imagined.booted[0].name) == (False, "bare.raw")
    assert [scan["profile"].rpartition("_")[2] for scan in first["openscap"]] == ["enhanced", "intermediary"]
    assert result["verdict"] == "pass", "what hosts were before is no failure of what they are"
    assert len(imagined.hardened) == 2


def test_a_judge_that_is_not_content_is_the_answer(ask: Ask, imagined: Imagined) -> None:
    imagined.audit = Audit(60, "3", 1, (), ())
    imagined.scans[True] = lambda level: scan_of(level, 180, 1)
    result = ask("lac-bastion")
    assert result["verdict"] == "fail"
    assert len(result["problems"]) == 2
    assert result["judged"][0]["openscap"][0]["not_met"] == [{"rule": "open_0", "result": "fail", "reason": None}]


def test_evidence_says_of_what_it_is_to_its_owner_alone(ask: Ask, tmp_path: Path) -> None:
    result = ask("lac-bastion")
    file = tmp_path / "evidence" / "judges.json"
    assert json.loads(file.read_text()) == result
    assert result["territory"] == "sandbox"
    assert result["image"] == {"digest": "0123456789abcdef", "tree_digest": "f" * 64}
    assert result["playbooks"] == {"digest": playbook_digest()}
    assert result["begun"] <= result["ended"]
    assert {"openscap", "qemu", "accelerator"} <= set(result["tools"])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent, *file.parent.iterdir())}
    assert modes == {"judges.json": 0o600, "evidence": 0o700, "lac-bastion-hardened": 0o700}


def test_a_host_that_could_not_be_hardened_is_not_judged_and_others_are(ask: Ask, imagined: Imagined) -> None:
    imagined.fails = {"lac-bastion": Outcome(State.FAILED, problem="no space left")}
    result = ask()
    assert (result["verdict"], [row["name"] for row in result["judged"]]) == ("fail", ["pessac-open-data-publisher-1"])
    assert len(result["problems"]) == 1
    assert result["problems"][0].startswith("lac-bastion was not judged: ")
    assert "no space left" in result["problems"][0]


def test_what_was_judged_stays_when_the_rest_is_not(imagined: Imagined, tmp_path: Path) -> None:
    def interrupted(level: str) -> Scan:
        if level == "intermediary":
            raise KeyboardInterrupt
        return well(level)

    imagined.scans[True] = interrupted
    with pytest.raises(KeyboardInterrupt):
        judge("sandbox", [], tmp_path / "evidence", before=False, as_json=False)
    kept = json.loads((tmp_path / "evidence" / "judges.json").read_text())
    assert (kept["verdict"], [row["name"] for row in kept["judged"]]) == ("unfinished", ["lac-bastion"])


def test_nothing_stays_where_disks_were(imagined: Imagined, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "scan", interrupted)
    with pytest.raises(KeyboardInterrupt):
        judge("sandbox", [], tmp_path / "evidence", before=True, as_json=False)
    assert imagined.booted
    assert not (tmp_path / "cache" / "judges-work").exists()


def test_without_root_it_is_said_what_is_missing(imagined: Imagined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command.os, "geteuid", lambda: 1000)
    with pytest.raises(MachineError, match="needs root") as refused:
        judge("sandbox", [], None, before=False, as_json=False)
    assert refused.value.exit_code == 3


def test_before_is_a_question_to_the_judges_alone() -> None:
    with pytest.raises(InputError, match="to the judges") as refused:
        verify("sandbox", before=True)
    assert refused.value.remedy == "--judges --before"


def test_a_host_that_nobody_declared(imagined: Imagined) -> None:
    with pytest.raises(InputError, match="nearest: lac-bastion"):
        judge("sandbox", ["lac-bastio"], None, before=False, as_json=False)
