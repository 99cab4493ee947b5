"""What tests share: the corpus folder where it is there, and one assistant over the shipped corpus."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anwen.settings import CHECKOUT, Settings
from anwen.wiring import Wiring

SHARED = CHECKOUT.parent / "shared"


@pytest.fixture(scope="session")
def official_texts() -> Path:
    """The folder of official texts; tests that need it are skipped elsewhere."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("../shared/corpus is not here: the official texts are not part of the repository")
    return folder


@pytest.fixture(scope="session")
def wiring(tmp_path_factory: pytest.TempPathFactory) -> Wiring:
    """The parts over a fresh home that holds the shipped corpus."""
    made = Wiring(Settings(home=tmp_path_factory.mktemp("home")))
    made.ensure_index()
    return made


@pytest.fixture
def own_wiring(wiring: Wiring, tmp_path: Path) -> Wiring:
    """The parts over a copy of that home, for tests that change it."""
    shutil.copytree(wiring.settings.home, tmp_path / "own")
    return Wiring(Settings(home=tmp_path / "own"))


@pytest.fixture(scope="session")
def full_wiring(tmp_path_factory: pytest.TempPathFactory, official_texts: Path) -> Wiring:
    """The parts over a home that also holds all official texts."""
    made = Wiring(Settings(home=tmp_path_factory.mktemp("full")))
    made.ensure_index()
    made.pipeline.ingest([official_texts])
    return made
