"""Vectors on a Chroma server instead of in the index folder: a real server, over HTTP."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from anwen.settings import Settings
from anwen.wiring import Wiring
from retrieval.errors import ConfigError


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "chroma"), "run", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--path", str(tmp_path / "chroma")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                if httpx.get(f"{url}/api/v2/heartbeat").status_code == httpx.codes.OK:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def test_the_index_searches_vectors_on_the_server(tmp_path: Path, server: str) -> None:
    wiring = Wiring(Settings(home=tmp_path / "home", chroma_url=server))
    wiring.ensure_index()
    hits = wiring.searcher.search("新员工要培训多少学时").hits
    assert "32学时" in hits[0].clause.text
    generation = wiring.home.current_name()
    assert not (wiring.home.folder / "generations" / str(generation) / "vectors").exists()


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    wiring = Wiring(Settings(home=tmp_path / "home", chroma_url="http://127.0.0.1:9"))
    with pytest.raises(ConfigError, match="ANWEN_CHROMA_URL"):
        wiring.ensure_index()
