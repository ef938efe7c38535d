"""PostgreSQL servers for a test: Debian's programs as a user without rights, on loopback, with TLS and passwords."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from operations.worlds.ports import choose_port

DATABASE, ROLE, SUPERUSER = "state", "metropole", "postgres"
STARTS_WITHIN_S = 30


def unprivileged() -> dict[str, Any]:
    """How `subprocess` runs a server: PostgreSQL refuses to be root's."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next(name for name in ("postgres", "nobody") if name in names)
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@dataclass
class PostgresServer:
    """One server with a database for state and a role that owns it and nothing else."""

    binaries: Path
    directory: Path
    """Holds the data, the certificate and the passwords; the server's own."""
    port: int
    process: subprocess.Popen[Any] | None = None

    @property
    def certificate(self) -> Path:
        """What a client has to trust."""
        return self.directory / "server.crt"

    def client(self, role: str) -> dict[str, str]:
        """The variables with which a program of PostgreSQL's connects; the password is in a file."""
        return {
            **os.environ,
            # Whose client certificates are not for this server, nor for whoever runs it to read.
            "HOME": str(self.directory),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": role,
            "PGDATABASE": DATABASE,
            "PGSSLMODE": "verify-full",
            "PGSSLROOTCERT": str(self.certificate),
            "PGPASSFILE": str(self.directory / "passwords"),
        }

    def run(self, program: str, *arguments: str, role: str = ROLE, **settings: Any) -> bytes:
        """Run one of PostgreSQL's own programs on this server; returns what it printed."""
        argv = [str(self.binaries / program), *arguments]
        return subprocess.run(argv, env=self.client(role), check=True, stdout=subprocess.PIPE, **settings).stdout

    def query(self, statement: str, role: str = ROLE) -> str:
        """The rows of one statement, unaligned."""
        return self.run("psql", "-XAtqc", statement, role=role).decode().strip()

    def start(self, *settings: str) -> None:
        """Start, and return when it answers."""
        options = [
            *(f"listen_addresses=127.0.0.1 port={self.port} unix_socket_directories={self.directory}".split()),
            *(f"ssl=on ssl_cert_file={self.certificate} ssl_key_file={self.directory / 'server.key'}".split()),
            *settings,
        ]
        argv = [str(self.binaries / "postgres"), "-D", str(self.directory / "data")]
        with (self.directory / "log").open("ab") as log:
            self.process = process = subprocess.Popen(
                [*argv, *(word for option in options for word in ("-c", option))],
                stdout=log,
                stderr=log,
                text=False,
                stdin=subprocess.DEVNULL,
                env=self.client(ROLE),
                **unprivileged(),
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while subprocess.run([self.binaries / "pg_isready", "-q"], env=self.client(ROLE), check=False).returncode:
            running = process.poll() is None and time.monotonic() < deadline
            assert running, (self.directory / "log").read_text()
            time.sleep(0.05)

    def die(self) -> None:
        """End at once, as the building it stands in would: nothing is written any more."""
        assert self.process is not None
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    def stop(self) -> None:
        """End, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()


@contextmanager
def fresh_directory(binaries: Path, name: str) -> Generator[PostgresServer]:
    """A server that has a certificate and a port, and no data yet; ended and removed whatever happens."""
    directory = Path(tempfile.mkdtemp(prefix=f"metropole-{name}-"))
    server = PostgresServer(binaries, directory, choose_port(f"postgresql {name}", ()))
    try:
        write_certificate(directory)
        hand_over(directory)
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def empty_server(binaries: Path, name: str, *settings: str) -> Generator[PostgresServer]:
    """A server that runs, with an empty database for state."""
    with fresh_directory(binaries, name) as server:
        passwords = {SUPERUSER: secrets.token_urlsafe(24), ROLE: secrets.token_urlsafe(24)}
        lines = [f"127.0.0.1:*:*:{role}:{password}" for role, password in passwords.items()]
        write_private(server.directory / "passwords", "\n".join(lines) + "\n")
        write_private(server.directory / "superuser", passwords[SUPERUSER])
        hand_over(server.directory)
        subprocess.run(
            [
                *(binaries / "initdb", "-D", server.directory / "data", "-U", SUPERUSER, "--no-sync"),
                *("--auth=scram-sha-256", f"--pwfile={server.directory / 'superuser'}"),
                *("--encoding=UTF8", "--locale=C.UTF-8"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            **unprivileged(),
        )
        server.start(*settings)
        create = f"CREATE ROLE {ROLE} LOGIN PASSWORD '{passwords[ROLE]}'; \n CREATE DATABASE {DATABASE} OWNER {ROLE};"
        server.run("psql", "-XqAtd", "postgres", role=SUPERUSER, input=create.encode())
        yield server


@contextmanager
def standby_of(primary: PostgresServer, name: str, *settings: str) -> Generator[PostgresServer]:
    """A server elsewhere that follows another one's every write, and answers questions meanwhile."""
    with fresh_directory(primary.binaries, name) as server:
        for file in ("passwords", "server.crt", "server.key"):
            # One certificate for both: it names the address, which on loopback is the same.
            shutil.copy(primary.directory / file, server.directory / file)
        hand_over(server.directory)
        subprocess.run(
            [
                *(primary.binaries / "pg_basebackup", "-D", server.directory / "data"),
                *("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"),
            ],
            env=primary.client(SUPERUSER),
            check=True,
            **unprivileged(),
        )
        server.start(*settings)
        deadline = time.monotonic() + STARTS_WITHIN_S
        while primary.query("SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'", SUPERUSER) == "0":
            assert time.monotonic() < deadline, (server.directory / "log").read_text()
            time.sleep(0.05)
        yield server


def write_certificate(directory: Path) -> None:
    """A certificate for 127.0.0.1 that vouches for itself, for a day."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "state of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (directory / "server.crt").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()
    write_private(directory / "server.key", private)


def write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(text)


def hand_over(directory: Path) -> None:
    """Make the files the server's user's own."""
    user = unprivileged()
    if user:
        for path in (directory, *directory.iterdir()):
            shutil.chown(path, user["user"], user["group"])
