"""What every test shares: a world of its own, the binaries of the api tier, and no test skipped in silence in CI."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from operations.engine.engine import Engine
from operations.engine.find import find_engine
from operations.engine.toolchain import find_vcsim
from operations.worlds.isolation import is_hidden

TIERS = ("api", "hosts")
"""The marks of tests that need a machine made ready."""
_state = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Take real credentials and the checkout's own state out of every test's reach, before anything is imported."""
    for name in [name for name in os.environ if is_hidden(name)]:
        del os.environ[name]
    # An output in a string is a mistake that the SDK otherwise only prints about.
    os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"
    config.stash[_state] = Path(tempfile.mkdtemp(prefix="metropole-tests-"))
    os.environ["METROPOLE_STATE"] = str(config.stash[_state])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the state that tests without one of their own shared."""
    shutil.rmtree(config.stash[_state], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)  # before xdist looks for groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quick tests first: what the other tiers stand on has failed by the time they would start. Then the longest.

    Where several processes share the work, a file's tests stay together, for they share what it brought up; those that
    are marked slow bring up their own, each on its own.
    """
    items.sort(
        key=lambda item: (
            any(item.get_closest_marker(tier) for tier in TIERS),
            not item.get_closest_marker("hosts"),
            not item.get_closest_marker("slow"),
        )
    )
    for item in items:
        if not item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(item.config.rootpath))))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Whoever shares the work has to know what belongs together: without, each process brings up every world."""
    if hasattr(session.config, "workerinput") and session.config.option.loadgroup:
        lost = [
            item.nodeid for item in session.items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        assert not lost, f"pytest-xdist was told that {lost[0]} belongs to a group, and lost it"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, where the machine is ours to equip, a test of a tier that is skipped is one that failed."""
    report = yield
    expected_failure = hasattr(report, "wasxfail")
    required = any(item.get_closest_marker(tier) for tier in TIERS)
    if report.skipped and not expected_failure and os.environ.get("CI") == "true" and required:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} has to run in CI and was skipped. {reason}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file that skips itself as a whole hides its marks, so in CI none may."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} has to run in CI and skipped itself: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of this machine; never made ready here, since that takes minutes (`./metro test` does it first)."""
    found, said = find_engine()
    if found is None:
        pytest.skip(f"no Pulumi engine: {said} (./metro test makes one ready)")
    return found


@pytest.fixture(scope="session")
def vcsim_binary() -> Path:
    """The vcsim of these sources."""
    found = find_vcsim()
    if found is None:
        pytest.skip("vcsim is not built from these sources (./metro test builds it)")
    return found
