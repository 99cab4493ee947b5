"""How fast and how large, beside its peers in one run, at 1× and 10× the corpus (`make bench`).

Each contender runs in a process of its own over the same clauses and questions, so that times and memory are
its own. 10× is the corpus with nine variants of every clause: sentences mixed with those of another clause of
the same document, figures changed.
"""

from __future__ import annotations

import json
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.questions import Question, load, squeezed

if TYPE_CHECKING:
    from retrieval.index import Generation

Search = Callable[[str], list[tuple[str, str]]]  # question → (document id, text) of the hits, best first
_COLD_STARTS = 7


def measure(search: Search, questions: Sequence[Question]) -> dict[str, float]:
    """Latency in ms, recall@5 and resident memory in MB of one contender in this process."""
    for question in questions[:10]:
        search(question.question)
    times: list[float] = []
    found = total = 0
    for question in questions:
        start = time.perf_counter()
        hits = search(question.question)
        times.append((time.perf_counter() - start) * 1000)
        if question.gold:
            total += 1
            found += any(_is_gold(question, *hit) for hit in hits[:5])
    cuts = statistics.quantiles(times, n=100)
    return {
        "p50 ms": round(statistics.median(times), 2),
        "p95 ms": round(cuts[94], 2),
        "p99 ms": round(cuts[98], 2),
        "recall@5": round(found / max(total, 1), 3),
        "memory MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def questions_for_speed(limit: int | None = None) -> list[Question]:
    """The questions of both splits that ask about today, in a fixed order."""
    both = [q for split in ("dev", "test") for q in load(split) if q.as_of is None]
    random.Random(0).shuffle(both)
    return both[:limit]


def write_clauses(generation: Generation, path: Path, times: int) -> int:
    """The shown clauses of a generation as JSON lines {"id", "name", "text", "document"}, `times` over."""
    numbers = sorted({int(n) for n in generation.units[:, 1]})
    rng = random.Random(1)
    rows: list[dict[str, str]] = []
    for start in range(0, len(numbers), 500):
        clauses = generation.clauses.numbered(numbers[start : start + 500])
        rows += [
            {
                "id": c.id,
                "name": f"{c.document_id} {c.locator}",
                "text": f"{c.context}{c.text}",
                "document": c.document_id,
            }
            for c in (clauses[n] for n in numbers[start : start + 500])
        ]
    with path.open("w", encoding="utf-8") as file:
        for copy in range(times):
            for row in rows:
                varied = row if copy == 0 else _variant(row, rng.choice(rows), copy, rng)
                file.write(json.dumps(varied, ensure_ascii=False) + "\n")
    return len(rows) * times


def run(anwen: list[str], texts: Path | None, *, times: Sequence[int] = (1, 10)) -> dict[str, Any]:
    """The whole benchmark. `anwen` is the command line to start it with, `texts` the official texts."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        result: dict[str, Any] = {"start": _cold_starts(anwen, work)}
        result["ingest s"] = _timed([*anwen, "ingest", str(texts)], work) if texts else None
        for n in times:
            clauses = work / f"clauses{n}.jsonl"
            _worker([*anwen, "bench", "--worker", "clauses", "--out", str(clauses), "--times", str(n)], work)
            index = work / f"index{n}"
            ours: dict[str, Any] = {"clauses": sum(1 for _ in clauses.open(encoding="utf-8"))}
            if n == 1:
                ours["index s"] = result["ingest s"]
                ours |= _worker([*anwen, "bench", "--worker", "ours"], work)
            else:
                ours["index s"] = _timed([*anwen, "ingest", str(clauses), "--index", str(index)], work)
                ours |= _worker([*anwen, "bench", "--worker", "ours", "--out", str(index)], work)
            result[f"{n}×"] = {"anwen": ours}
            _say(f"{n}×", "anwen", ours)
            for peer in ("bm25s", "langchain"):
                command = [sys.executable, "-m", "evals.peers", peer, str(clauses), "60" if n > 1 else "400"]
                model = _worker([*anwen, "bench", "--worker", "model"], work)["model"]
                result[f"{n}×"][peer] = _worker([*command, model], work)
                _say(f"{n}×", peer, result[f"{n}×"][peer])
    return result


def table(result: dict[str, Any]) -> str:
    """The benchmark for people."""
    lines = [f"冷启动到第一个回答：{result['start']} s；导入全部官方文本：{result['ingest s']} s", ""]
    names = ("clauses", "index s", "p50 ms", "p95 ms", "p99 ms", "recall@5", "memory MB")
    for size in (key for key in result if key.endswith("×")):
        lines.append(f"{size:<12}" + "".join(f"{name:>12}" for name in names))
        for contender, row in result[size].items():
            lines.append(f"{contender:<12}" + "".join(f"{row.get(name, '')!s:>12}" for name in names))
        lines.append("")
    return "\n".join(lines)


def _say(size: str, contender: str, row: dict[str, Any]) -> None:
    """Tell a result as soon as it is there: the whole takes a quarter of an hour."""
    print(size, contender, json.dumps(row), file=sys.stderr, flush=True)


def _variant(row: dict[str, str], other: dict[str, str], copy: int, rng: random.Random) -> dict[str, str]:
    sentences = re.split(r"(?<=[。；])", row["text"]) + re.split(r"(?<=[。；])", other["text"])[:1]
    rng.shuffle(sentences)
    text = re.sub(r"\d", lambda m: str((int(m.group()) + copy) % 10), "".join(sentences))
    return {**row, "id": f"{row['id']}#{copy}", "document": f"{row['document']}#{copy}", "text": text}


def _is_gold(question: Question, document: str, text: str) -> bool:
    return any(g.document == document and squeezed(g.contains) in squeezed(text) for g in question.gold)


def _cold_starts(anwen: list[str], work: Path) -> float:
    """Median seconds from the command to the first answer, the index being there."""
    command = [*anwen, "ask", "新员工要培训多少学时"]
    _timed(command, work)
    return round(statistics.median(_timed(command, work) for _ in range(_COLD_STARTS)), 2)


def _timed(command: list[str], work: Path) -> float:
    start = time.perf_counter()
    subprocess.run(
        command, env=_environment(work), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    return round(time.perf_counter() - start, 2)


def _worker(command: list[str], work: Path) -> dict[str, Any]:
    done = subprocess.run(command, env=_environment(work), check=True, capture_output=True, text=True)
    row: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return row


def _environment(work: Path) -> dict[str, str]:
    import os

    return {**os.environ, "ANWEN_HOME": str(work / "home")}
