"""An ingestion that is killed at any moment leaves the old generation whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from anwen.settings import CHECKOUT

pytestmark = pytest.mark.slow

RULE = "某市第{n}号办法\n第一条 为了安全，制定本办法。\n第二条 第{n}号安全帽每三十个月更换一次。\n"
KILLS = 12


def anwen(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anwen", *arguments],
        env={**os.environ, "ANWEN_HOME": str(home)},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_killed_at_random_the_old_generation_still_answers(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "0.txt").write_text(RULE.format(n=0), "utf-8")
    assert anwen(home, "ingest", str(tmp_path / "first")).returncode == 0
    rng = random.Random(1)
    killed = 0
    for round_ in range(1, KILLS + 1):
        folder = tmp_path / f"round{round_}"
        folder.mkdir()
        for n in range(30):
            (folder / f"{n}.txt").write_text(RULE.format(n=round_ * 100 + n), "utf-8")
        process = subprocess.Popen(
            [sys.executable, "-m", "anwen", "ingest", str(folder)],
            env={**os.environ, "ANWEN_HOME": str(home)},
            cwd=CHECKOUT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.uniform(0.3, 3.0))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        found = anwen(home, "search", "第0号安全帽多久更换一次", "--json", "-k", "5")
        assert found.returncode == 0, found.stderr
        assert any("第0号安全帽" in h["text"] for h in json.loads(found.stdout)["hits"])
    assert killed >= KILLS // 3
    assert anwen(home, "ingest", str(tmp_path / f"round{KILLS}")).returncode == 0
    found = anwen(home, "search", f"第{KILLS * 100}号安全帽", "--json")
    assert any(f"第{KILLS * 100}号" in h["text"] for h in json.loads(found.stdout)["hits"])


def test_two_writers_at_once_both_get_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    processes = []
    for n in range(2):
        path = tmp_path / f"{n}.txt"
        path.write_text(RULE.format(n=n), "utf-8")
        processes.append(
            subprocess.Popen(
                [sys.executable, "-m", "anwen", "ingest", str(path)],
                env={**os.environ, "ANWEN_HOME": str(home)},
                cwd=CHECKOUT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        )
    complaints = [p.communicate()[1] for p in processes]
    assert [p.returncode for p in processes] == [0, 0], complaints
    listed = anwen(home, "corpus", "list").stdout
    assert "第0号" in listed
    assert "第1号" in listed
