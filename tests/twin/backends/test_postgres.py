"""The state in PostgreSQL: encrypted, backed up, and still there when the datacenter it was in is not."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from pathlib import Path

import pytest

from operations.worlds.session import RunningWorld, TwinSession
from tests.twin.backends.postgres import DATABASE, ROLE, SUPERUSER, PostgresServer, empty_server, standby_of
from tests.twin.backends.shared_state import STACK, SharedState, sandbox_datacenters

pytestmark = pytest.mark.api

STATE_KEY = f"{DATABASE}/.pulumi/stacks/metropole/{STACK}.json"
"""The engine takes the database's name as a folder: a copy has to be in a database of the same name."""


@pytest.fixture(scope="module")
def primary(postgresql: Path) -> Generator[PostgresServer]:
    with empty_server(postgresql, "lac", "wal_level=replica", "synchronous_commit=on") as server:
        yield server


@pytest.fixture(scope="module")
def shared(
    session: TwinSession,
    primary: PostgresServer,
    world: RunningWorld,
    tmp_path_factory: pytest.TempPathFactory,
) -> SharedState:
    """The stack is up, its state in the first server."""
    state = SharedState(session, tmp_path_factory.mktemp("checkout"), reaching(primary))
    state.begin(sandbox_datacenters(world.world))
    state.pulumi("up", "--yes", "--skip-preview", "--stack", STACK)
    return state


def reaching(*servers: PostgresServer) -> dict[str, str]:
    """What tells an engine where the state is: the first of these servers that takes writes."""
    hosts = ",".join("127.0.0.1" for _ in servers)
    ports = ",".join(str(server.port) for server in servers)
    tls = f"sslmode=verify-full&sslrootcert={servers[0].certificate}"
    return {
        "PULUMI_BACKEND_URL": f"postgres://{ROLE}@{hosts}/{DATABASE}?port={ports}&{tls}&target_session_attrs=read-write",
        "PGPASSFILE": str(servers[0].directory / "passwords"),
    }


def test_a_second_up_changes_nothing(shared: SharedState) -> None:
    shared.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", STACK)
    assert shared.stacks()[STACK] > 50


def test_no_row_of_the_database_shows_a_secret(
    shared: SharedState, primary: PostgresServer, world: RunningWorld, session: TwinSession
) -> None:
    rows = primary.query("SELECT data ->> 'data' FROM pulumi_state").splitlines()
    state = base64.b64decode(primary.query(f"SELECT data ->> 'data' FROM pulumi_state WHERE key = '{STATE_KEY}'"))
    provider = json.loads(state)["checkpoint"]["latest"]["secrets_providers"]
    secrets = [access.password for access in world.world.vcenters.values()]
    secrets += [access.host_password for access in world.world.vcenters.values()]
    secrets += [session.project.passphrase.read_text().strip()]

    assert provider["type"] == "passphrase"
    assert b'"ciphertext"' in state
    readable = [base64.b64decode(row) for row in rows]
    assert len(readable) > 3
    assert not [secret for secret in secrets for row in readable if secret.encode() in row]


def test_who_has_no_password_is_not_let_in(shared: SharedState, primary: PostgresServer, tmp_path: Path) -> None:
    nobody = shared.elsewhere({**shared.variables, "PGPASSFILE": str(tmp_path / "none")}, tmp_path / "checkout")
    assert "password authentication failed" in nobody.pulumi("stack", "ls", code=None)


def test_a_backup_restored_elsewhere_is_the_whole_state(
    shared: SharedState, primary: PostgresServer, tmp_path: Path
) -> None:
    backup = primary.run("pg_dump", "--format=custom", "--no-owner")
    with empty_server(primary.binaries, "restored") as second:
        second.run("pg_restore", "--no-owner", "--exit-on-error", "-d", DATABASE, input=backup)
        restored = shared.elsewhere(reaching(second), tmp_path / "checkout")

        assert restored.stacks() == shared.stacks()
        restored.unchanged(STACK)
        assert "error" in shared.elsewhere(_wrong_database(second), tmp_path / "wrong").pulumi(
            "preview", "--stack", STACK, code=None
        )


def test_when_a_datacenter_is_lost_the_state_goes_on_in_the_other(
    shared: SharedState, primary: PostgresServer, tmp_path: Path
) -> None:
    with standby_of(primary, "pessac") as standby:
        # From here on a write is done when both have it.
        primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'", role=SUPERUSER)
        primary.query("SELECT pg_reload_conf()", role=SUPERUSER)
        both = shared.elsewhere(reaching(primary, standby), tmp_path / "checkout")
        both.pulumi("stack", "tag", "set", "written-last", "before the loss", "--stack", STACK)

        primary.die()
        assert "could not connect" in both.pulumi("stack", "ls", code=None)
        standby.query("SELECT pg_promote()", role=SUPERUSER)

        assert "before the loss" in both.pulumi("stack", "tag", "get", "written-last", "--stack", STACK)
        both.pulumi("up", "--yes", "--refresh", "--skip-preview", "--expect-no-changes", "--stack", STACK)


def _wrong_database(server: PostgresServer) -> dict[str, str]:
    """The same rows in a database of another name."""
    server.query(f"CREATE DATABASE renamed OWNER {ROLE} TEMPLATE {DATABASE}", role=SUPERUSER)
    variables = reaching(server)
    return {**variables, "PULUMI_BACKEND_URL": variables["PULUMI_BACKEND_URL"].replace(f"/{DATABASE}?", "/renamed?")}
