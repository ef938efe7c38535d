"""`metro bench harden`: which hosts, as which machines, hardened by which roles, and when both sides are alike."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from operations.bench.harden import judging
from operations.bench.harden.field import Field
from operations.bench.harden.judging import Verdict, Verdicts, differences, failing, refuse_unless_alike
from operations.bench.harden.machines import choose, machines, sizes, world
from operations.bench.harden.sides import EVERYTHING, recap
from operations.errors import AnswerNo, InputError
from operations.hosts import bare_image
from operations.hosts.judges.guest import Guest
from operations.hosts.judges.lynis import Audit
from operations.hosts.judges.openscap import Scan
from operations.hosts.running import RunningHosts
from playbooks.digest import PLAYBOOKS
from territory.hosts import HostRole
from territory.loader import load_territory
from twin.hosts.machine import Segment

BORDEAUX = load_territory("bordeaux")
SANDBOX = load_territory("sandbox")


def test_sizes_come_together_or_one_by_one() -> None:
    assert sizes(["16"], BORDEAUX) == (16,)
    assert sizes(["4,8", "16", " 8"], BORDEAUX) == (4, 8, 16)


@pytest.mark.parametrize("wrong", ["0", "1000", "-4", "many", "", "4,,8", "²"])
def test_what_is_no_number_of_hosts_is_told_with_how_many_there_are(wrong: str) -> None:
    with pytest.raises(InputError, match="78"):
        sizes([wrong], BORDEAUX)


@pytest.mark.parametrize("number", [1, 16, 32, 78])
def test_as_many_hosts_as_asked_for_of_each_kind(number: int) -> None:
    chosen = choose(BORDEAUX, number)
    assert len(set(chosen)) == number
    kinds = Counter(host.role for host in chosen)
    assert set(kinds) <= {HostRole.BASTION, HostRole.BORDER_ROUTER, HostRole.SERVICE}
    assert number < 16 or set(kinds) == {HostRole.BASTION, HostRole.BORDER_ROUTER, HostRole.SERVICE}


def test_each_host_is_a_machine_on_a_segment_where_something_answers() -> None:
    chosen = choose(SANDBOX, 14)
    made = machines(SANDBOX, chosen, "ssh-ed25519 AAAA automation")
    answering = {Segment(each["fibre"], each["vlan"]) for each in world(SANDBOX)["fabric"]}
    assert [machine.name for machine in made] == [host.name for host in chosen]
    assert len({card.mac for machine in made for card in machine.cards}) == len(chosen)
    for machine, host in zip(made, chosen, strict=True):
        assert {card.segment for card in machine.cards} <= answering
        (card,) = json.loads(machine.seed["network-config"])["ethernets"].values()
        assert [address.split("/")[0] for address in card["addresses"]] == [str(host.address)]
        assert "ssh-ed25519 AAAA automation" in machine.seed["user-data"]


def test_bare_hosts_are_given_all_that_image_and_hosts_are_given() -> None:
    everything = yaml.safe_load(EVERYTHING.read_text(encoding="utf-8"))[0]["tasks"]
    imported = [task["ansible.builtin.import_role"] for task in everything if "ansible.builtin.import_role" in task]
    whole = [each["name"] for each in imported if "tasks_from" not in each or each["name"] == "seal"]
    image = yaml.safe_load((PLAYBOOKS / "image.yml").read_text(encoding="utf-8"))[0]
    assert sorted(whole) == sorted(role["role"] for role in image["roles"])
    apart = {each["name"] for each in imported if each.get("tasks_from") == "host"}
    for role in (PLAYBOOKS / "roles").iterdir():
        if (role / "tasks" / "host.yml").exists():
            main = (role / "tasks" / "main.yml").read_text(encoding="utf-8")
            # What `accounts` mends on hosts is a file among those its other tasks write.
            assert (role.name in apart) == ("import_tasks: host.yml" not in main and role.name != "accounts"), role.name


def test_a_bare_image_is_another_one_only_by_what_is_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = "playbooks/roles/"
    there = {
        "playbooks/image_packages.txt": "a",
        f"{roles}first_boot/tasks/main.yml": "b",
        f"{roles}seal/tasks/identity.yml": "d",
        f"{roles}ssh/tasks/main.yml": "c",
    }
    digests: list[str] = []
    for changed in ("", *there):
        found = {name: "other" if name == changed else digest for name, digest in there.items()}
        monkeypatch.setattr(bare_image, "inputs", found.copy)
        digests.append(bare_image.bare_digest())
    whole, packages, first_boot, seal, ssh = digests
    assert ssh == whole
    assert len({whole, packages, first_boot, seal}) == 4


def test_what_ansible_says_last_is_counted() -> None:
    text = (
        "PLAY RECAP ****\n"
        "lac-bastion                : ok=80   changed=61   unreachable=0    failed=0    skipped=4\n"
        "lac-router-1               : ok=7    changed=0    unreachable=0    failed=0    skipped=0\n"
    )
    assert recap(text) == {"lac-bastion": (80, 61), "lac-router-1": (7, 0)}


HOLDS = Verdict("passed", "R33", "")
FAILS = Verdict("failed", "R33", "anyone may log in")
OURS: Verdicts = {("a", "test_ssh"): HOLDS, ("b", "test_ssh"): FAILS}


def test_sides_that_are_alike_may_fail_alike() -> None:
    refuse_unless_alike(OURS, dict(OURS))
    assert failing(OURS) == [{"host": "b", "rule": "R33", "test": "test_ssh", "message": "anyone may log in"}]


@pytest.mark.parametrize(
    ("anchor", "said"),
    [
        ({**OURS, ("a", "test_ssh"): FAILS}, "a: R33: test_ssh: ours passed, the anchor failed (anyone may log in)"),
        ({("a", "test_ssh"): HOLDS}, "b: R33: test_ssh: ours failed (anyone may log in), the anchor not asked"),
    ],
)
def test_a_difference_names_host_and_rule(anchor: Verdicts, said: str) -> None:
    assert list(differences(OURS, anchor)) == [said]
    with pytest.raises(AnswerNo, match=said.split(":", maxsplit=1)[0]) as refused:
        refuse_unless_alike(OURS, anchor)
    assert refused.value.result["differences"] == [said]


def test_judges_of_others_are_let_into_one_host_a_level(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def scanned(guest: Guest, _kit: Path, levels: list[str], _folder: Path, _: object) -> tuple[list[Scan], Audit]:
        return [Scan(levels[0], "1", {"open": "fail", guest.name: "pass"})], Audit(len(guest.name), "3", 1, (), ())

    monkeypatch.setattr(judging, "scan", scanned)
    there = Field(SANDBOX, choose(SANDBOX, 14), RunningHosts(tmp_path, tmp_path), 1.0)
    found = judging.audit(there, tmp_path, lambda _: None)
    asked = {host: len(host) for host in ("lac-bastion", "pessac-open-data-publisher-1")}
    assert found.indices == asked
    assert found.verdicts == {
        (host, f"OpenSCAP: {rule}"): verdict
        for host in asked
        for rule, verdict in {"open": Verdict("failed", "", "fail"), host: Verdict("passed", "", "")}.items()
    }
