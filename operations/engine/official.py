"""The official release: downloaded once, checked against its pinned hash, kept in the cache."""

from __future__ import annotations

import hashlib
import queue
import socket
import tarfile
import tempfile
import threading
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import getproxies, urlopen

from operations.console import Progress
from operations.engine.cache import cache_directory, new_entry, require_space
from operations.engine.engine import Engine, cached_engine
from operations.engine.version import ENGINE_VERSION, Release, official_release

_REACH_S = 4.0
"""Longer than any working network needs for a name and a handshake; short enough to wait for without one."""

_STALL_S = 30.0
_CHUNK = 1 << 20


class DownloadFailed(Exception):  # noqa: N818 - says what happened; the next origin is tried then
    """Why the official release could not be had, in one sentence."""


def cached_official() -> Engine | None:
    """The official engine if it is in the cache already."""
    return cached_engine(_entry() / "bin", ENGINE_VERSION, "official")


def download_official(progress: Progress) -> Engine:
    """Download, check and unpack the official release. Raises `DownloadFailed`; the cache's lock must be held."""
    release = official_release()
    if release is None:
        raise DownloadFailed("no official release is pinned for this kind of machine")
    if not _is_reachable(release.url):
        raise DownloadFailed(f"{urlsplit(release.url).hostname} cannot be reached")
    require_space(1.5, "the official Pulumi release")
    with new_entry(_entry()) as staging, tempfile.TemporaryFile(dir=staging) as archive:
        _download(release, archive, progress)
        progress("unpacking")
        archive.seek(0)
        unpack(archive, staging / "bin")
    engine = cached_official()
    if engine is None:
        raise DownloadFailed("the official release does not hold a Python language host")
    return engine


def unpack(archive: IO[bytes], bin_dir: Path) -> None:
    """Unpack the archive's `pulumi/` folder as `bin_dir`. Raises `DownloadFailed` on anything that is not one."""
    try:
        with tarfile.open(fileobj=archive, mode="r:gz") as tar:
            # The first releases of Python 3.11 know no filters; the hash has said already whose archive this is.
            if hasattr(tarfile, "data_filter"):
                tar.extraction_filter = tarfile.data_filter
            tar.extractall(bin_dir.parent)  # noqa: S202 - see above
        (bin_dir.parent / "pulumi").rename(bin_dir)
    except (tarfile.TarError, OSError, EOFError) as error:
        raise DownloadFailed(f"the official release could not be unpacked: {error}") from error


def _entry() -> Path:
    return cache_directory() / "engine" / f"{ENGINE_VERSION}-official"


def _download(release: Release, archive: IO[bytes], progress: Progress) -> None:
    digest = hashlib.sha256()
    try:
        with urlopen(release.url, timeout=_STALL_S) as response:  # noqa: S310 - a pinned https address
            total = int(response.headers.get("Content-Length", 0))
            received = 0
            while chunk := response.read(_CHUNK):
                archive.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                share = f" of {total / 2**20:.0f}" if total else ""
                progress(f"downloading the official release, {received / 2**20:.0f}{share} MiB")
    except (URLError, OSError, HTTPException) as error:
        raise DownloadFailed(f"downloading {release.url} failed: {error}") from error
    if digest.hexdigest() != release.sha256:
        raise DownloadFailed(
            f"{release.url} is not what it was when it was pinned: SHA-256 {digest.hexdigest()}, "
            f"expected {release.sha256}; it was thrown away"
        )


def _is_reachable(url: str) -> bool:
    """Whether the host of a URL answers soon. Name resolution has no time limit of its own, hence the thread."""
    if "https" in getproxies():
        return True
    parts = urlsplit(url)
    address = (parts.hostname or "", parts.port or 443)
    outcome: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def connect() -> None:
        try:
            socket.create_connection(address, timeout=_REACH_S).close()
        except OSError:
            outcome.put(False)
        else:
            outcome.put(True)

    threading.Thread(target=connect, name="reach", daemon=True).start()
    try:
        return outcome.get(timeout=_REACH_S)
    except queue.Empty:
        return False
