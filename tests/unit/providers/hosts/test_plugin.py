"""The plugin is where the engine looks for it, and serves."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2_grpc

from providers.hosts.plugin import install_plugin
from providers.hosts.version import VERSION


def test_it_prints_its_port_serves_and_ends_with_the_engine(tmp_path: Path) -> None:
    executable = install_plugin(tmp_path / "home")
    assert executable == tmp_path / "home/plugins" / f"resource-metropole-v{VERSION}" / "pulumi-resource-metropole"
    process = subprocess.Popen(
        [executable, "127.0.0.1:1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        info = provider_pb2_grpc.ResourceProviderStub(channel).GetPluginInfo(empty_pb2.Empty(), timeout=10)
    assert info.version == VERSION
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_installing_again_writes_nothing(tmp_path: Path) -> None:
    executable = install_plugin(tmp_path)
    before = executable.stat()
    assert stat.S_IMODE(before.st_mode) == 0o755
    assert install_plugin(tmp_path).stat().st_mtime_ns == before.st_mtime_ns
    assert [file.name for file in executable.parent.iterdir()] == ["pulumi-resource-metropole"]
