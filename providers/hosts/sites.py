"""From where hosts are run: from here, or by the worker of their site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from providers.hosts.baseline import Baseline


@dataclass(frozen=True)
class Worker:
    """A host that runs Ansible for others."""

    host: str
    """As in the ssh configuration."""
    sites: tuple[str, ...]
    """Whose hosts it is for."""

    def __str__(self) -> str:
        """As in a sentence. Example: `the worker lac-bastion of site lac`."""
        return f"the worker {self.host} of site{'s' if len(self.sites) > 1 else ''} {' and '.join(self.sites)}"


@dataclass
class Part:
    """The hosts of a run that are run from one place."""

    worker: Worker | None
    """None for here."""
    baselines: list[Baseline] = field(default_factory=list[Baseline])


def parts(baselines: Sequence[Baseline], workers: Mapping[str, str]) -> list[Part]:
    """The hosts by where they are run from. A worker is no site's host itself: it is run from here."""
    found: dict[str, Part] = {}
    for baseline in baselines:
        host = _worker_of(baseline, workers)
        if host not in found:
            sites = tuple(site for site, named in workers.items() if named == host)
            found[host] = Part(Worker(host, sites) if host else None)
        found[host].baselines.append(baseline)
    return list(found.values())


def site_group(site: str) -> str:
    """The group of a site's hosts. Example: `site_cloud_paris`."""
    return f"site_{site.lower().replace('-', '_')}"


def _worker_of(baseline: Baseline, workers: Mapping[str, str]) -> str:
    """The host's name, empty for none."""
    if baseline.host in workers.values():
        return ""
    return next((host for site, host in workers.items() if site_group(site) in baseline.groups), "")
