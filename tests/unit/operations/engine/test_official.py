from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from operations.engine import official
from operations.engine.official import DownloadFailed, cached_official, download_official
from operations.engine.version import Release


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.mode, member.size = 0o755, 4
            tar.addfile(member, io.BytesIO(b"#!/x"))
    return buffer.getvalue()


GOOD = archive("pulumi/pulumi", "pulumi/pulumi-language-python", "pulumi/pulumi-language-python-exec")


@contextmanager
def served(body: bytes, *, status: int = 200, promised: int | None = None) -> Generator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body) if promised is None else promised))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/pulumi.tar.gz"
        server.shutdown()


def pin(monkeypatch: pytest.MonkeyPatch, url: str, body: bytes) -> None:
    release = Release("3.259.0", url, hashlib.sha256(body).hexdigest())
    monkeypatch.setattr(official, "official_release", lambda: release)


def test_a_release_is_downloaded_once_and_kept(cache: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    assert cached_official() is None
    with served(GOOD) as url:
        pin(monkeypatch, url, GOOD)
        engine = download_official(said.append)
    assert engine.origin == "official"
    assert engine.pulumi.is_relative_to(cache)
    assert cached_official() == engine
    assert any("downloading" in text for text in said)
    assert {each.name for each in engine.bin_dir.parent.iterdir()} == {"bin"}


def test_the_first_python_311_unpacks_it_too(cache: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    monkeypatch.delattr("tarfile.data_filter")
    with served(GOOD) as url:
        pin(monkeypatch, url, GOOD)
        assert download_official(said.append).pulumi.exists()


def test_other_bytes_than_the_pinned_ones_are_thrown_away(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(GOOD + b" ") as url:
        pin(monkeypatch, url, GOOD)
        with pytest.raises(DownloadFailed, match="not what it was when it was pinned"):
            download_official(print)
    assert cached_official() is None
    assert list((cache / "engine").iterdir()) == []


@pytest.mark.parametrize(
    ("body", "status", "promised"),
    [(GOOD, 404, None), (GOOD[:100], 200, len(GOOD)), (archive("other/pulumi"), 200, None), (b"no archive", 200, None)],
    ids=["not found", "cut off", "another folder", "no archive"],
)
def test_a_bad_answer_leaves_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, status: int, promised: int | None
) -> None:
    with served(body, status=status, promised=promised) as url:
        pin(monkeypatch, url, body)
        with pytest.raises(DownloadFailed):
            download_official(print)
    assert cached_official() is None
    assert list((cache / "engine").iterdir()) == []


def test_a_release_without_language_host_is_no_engine(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = archive("pulumi/pulumi")
    with served(body) as url:
        pin(monkeypatch, url, body)
        with pytest.raises(DownloadFailed, match="language host"):
            download_official(print)


def test_without_network_it_fails_at_once(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(GOOD) as url:
        pass
    pin(monkeypatch, url, GOOD)
    with pytest.raises(DownloadFailed, match="cannot be reached"):
        download_official(print)
