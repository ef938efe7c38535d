"""Makes a guest a worker, as docs/guides/hardened-hosts.md says, but with packages copied from this machine."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from importlib.util import cache_from_source
from pathlib import Path

from packaging.requirements import Requirement

from operations.worlds.automation import ACCOUNT
from providers.hosts.worker_run import PYTHON
from territory.hosts import Host
from tests.hosts.guests import Guests

PACKAGES = ("ansible-core", "ansible-runner")
LAUNCHER = f"#!{PYTHON}\nfrom ansible.cli.playbook import main\nmain()\n"
SSH = f"/home/{ACCOUNT}/.ssh"


@contextmanager
def worker(guests: Guests, name: str, of: Iterable[Host]) -> Generator[None]:
    """A guest that may run Ansible for these hosts, with a key of its own."""
    root = Path(f"/proc/{guests.first_process(name)}/root")
    hosts = [host for host in of if host.name != name]
    _install(root / Path(PYTHON).relative_to("/").parents[1])
    guests.on(name, f"ssh-keygen -q -t ed25519 -N '' -f {SSH}/id_ed25519")
    known = (guests.world / "hosts" / "known_hosts").read_text(encoding="ascii")
    for file, text in {"config": "\n".join(_configuration(hosts)), "known_hosts": known}.items():
        (root / SSH.strip("/") / file).write_text(text, encoding="utf-8")
    key = guests.on(name, f"cat {SSH}/id_ed25519.pub")
    try:
        for host in hosts:
            guests.inside(host.name, f"echo '{key}' >> {SSH}/authorized_keys")
        yield
    finally:
        for host in hosts:
            guests.inside(host.name, f"sed -i '\\|{key.split()[1]}|d' {SSH}/authorized_keys")
        guests.inside(name, f"rm -rf {Path(PYTHON).parents[1]} {SSH}/id_ed25519* {SSH}/config {SSH}/known_hosts")


def _install(venv: Path) -> None:
    """What `python3 -m venv` and `pip install` would leave there."""
    packages = venv / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (venv / "bin").mkdir()
    (venv / "bin" / "python").symlink_to("/usr/bin/python3")
    (venv / "pyvenv.cfg").write_text("home = /usr/bin\n", encoding="ascii")
    (venv / "bin" / "ansible-playbook").write_text(LAUNCHER, encoding="ascii")
    (venv / "bin" / "ansible-playbook").chmod(0o755)
    for found in _with_all_it_needs(PACKAGES):
        for file in found.files or ():
            if file.parts[0] in ("..", "ansible_test") or "__pycache__" in file.parts:
                continue
            _copy(Path(str(found.locate_file(file))), packages / file)


def _copy(source: Path, target: Path) -> None:
    """With its bytecode, where it has some: the worker may write none beside it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    if source.suffix == ".py" and (compiled := Path(cache_from_source(source))).exists():
        (target.parent / compiled.parent.name).mkdir(exist_ok=True)
        shutil.copy2(compiled, target.parent / compiled.parent.name / compiled.name)


def _with_all_it_needs(names: Iterable[str]) -> Iterator[Distribution]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = distribution(name)
        except PackageNotFoundError:  # for another Python or system
            continue
        yield found
        wanted = [Requirement(each) for each in found.requires or ()]
        waiting += [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]


def _configuration(hosts: Collection[Host]) -> Iterator[str]:
    names = {host.name for host in hosts}
    for host in hosts:
        # Not through the other site: between sites no router speaks BGP yet.
        way = next(way for way in host.ways if way.jump is None or way.jump in names)
        yield f"Host {host.name}\n  HostName {way.address}\n  HostKeyAlias {host.name}"
        if way.jump:
            yield f"  ProxyJump {way.jump}"
    yield f"Host *\n  User {ACCOUNT}\n  StrictHostKeyChecking yes\n  ForwardAgent no\n"
