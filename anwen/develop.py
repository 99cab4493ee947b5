"""The commands for those who improve it: train, eval, fit, bench."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anwen.console import Index, Json, print_json, ready, say_building

if TYPE_CHECKING:
    from anwen.wiring import Wiring
    from retrieval.clause import Clause

app = typer.Typer()


@app.command()
def train(
    out: Annotated[Path, typer.Option("--out", help="模型写到这个文件夹")],
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help='JSON 行文件，每行 {"query", "relevant": [条文 id]}')
    ] = None,
    index: Index = None,
) -> None:
    """在自己的语料上训练向量模型（要先装附加依赖 train，见 README）。"""
    from retrieval.train import read_pairs
    from retrieval.train import train as train_model

    wiring = ready(index)
    train_model(
        wiring.home.current(),
        read_pairs(pairs) if pairs else (),
        out,
        tokeniser=wiring.tokeniser,
        lexicon=wiring.lexicon,
    )
    print(f"已写到 {out}；设 ANWEN_EMBEDDING_MODEL={out} 后重新运行 anwen ingest 即可使用")


@app.command()
def pairs(
    out: Annotated[Path, typer.Option("--out", help="写到这个 JSON 行文件")],
    texts: Annotated[Path, typer.Option("--texts", help="官方文本的文件夹")],
) -> None:
    """写出随附模型的训练对：写好的问题 → 条文，加上要点的问法，去掉与评测集相撞的（开发用）。"""
    import json

    from anwen.settings import CORPUS
    from evals.training import training_pairs

    rows = list(training_pairs(_eval_wiring(texts).home.current(), CORPUS / "keypoints"))
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    print(f"{len(rows)} 对，写到 {out}")


@app.command("eval")
def evaluate(
    split: Annotated[str, typer.Option("--split", help="dev、test 或 blind")] = "test",
    as_json: Json = False,
    texts: Annotated[
        Path | None, typer.Option("--texts", help="官方文本的文件夹；没有则只评随附语料")
    ] = None,
) -> None:
    """评测：召回、引用、事实、误答、误拒，附置信区间。"""
    from evals.answers import evaluate as run
    from evals.answers import table

    wiring = _eval_wiring(texts)
    result = run(wiring.assistant, wiring.searcher, split)
    if as_json:
        print_json(result)
    else:
        print(table(result))


@app.command()
def fit(texts: Annotated[Path, typer.Option("--texts", help="官方文本的文件夹")]) -> None:
    """重新拟合排序权重和依据状态（用 evals/pairs 和开发集，不碰测试集）。"""
    from anwen.settings import CORPUS
    from anwen.wiring import Wiring
    from evals.fit import fit_evidence, fit_fusion, reset

    fusion, evidence = CORPUS / "models" / "fusion.json", CORPUS / "models" / "evidence.json"
    reset(fusion, evidence)
    wirings = [_eval_wiring(texts), _eval_wiring(None)]
    print_json(fit_fusion([w.searcher for w in wirings], fusion))
    wirings = [Wiring(w.settings) for w in wirings]  # with the weights just written
    print_json(fit_evidence([(w.assistant, w.searcher) for w in wirings], evidence))


@app.command()
def bench(
    texts: Annotated[Path | None, typer.Option("--texts", help="官方文本的文件夹")] = None,
    as_json: Json = False,
    worker: Annotated[str | None, typer.Option("--worker", hidden=True)] = None,
    out: Annotated[Path | None, typer.Option("--out", hidden=True)] = None,
    times: Annotated[int, typer.Option("--times", hidden=True)] = 1,
) -> None:
    """与同类在同一次运行里比速度、内存和召回。"""
    from evals import speed

    if worker is not None:
        print_json(_bench_worker(worker, out, times))
        return
    result = speed.run([sys.executable, "-m", "anwen"], texts)
    if as_json:
        print_json(result)
    else:
        print(speed.table(result))


def _bench_worker(worker: str, out: Path | None, times: int) -> dict[str, Any]:
    """One part of the benchmark, in a process of its own."""
    from evals import speed

    wiring = ready(out if worker == "ours" else None)
    if worker == "model":
        return {"model": wiring.settings.embedding_model}
    if worker == "clauses" and out is not None:
        return {"clauses": speed.write_clauses(wiring.home.current(), out, times)}

    def search(question: str) -> list[tuple[str, str]]:
        hits = wiring.searcher.search(question, k=10).hits
        return [(_document_of(h.clause), f"{h.clause.context}{h.clause.text}") for h in hits]

    return dict(speed.measure(search, speed.questions_for_speed()))


def _document_of(clause: Clause) -> str:
    """The document that a clause of the benchmark came from; a variant is marked by its "#"."""
    if not clause.external_id:
        return clause.document_id
    document, _, rest = clause.external_id.partition("@")
    return f"{document}#" if "#" in rest else document


def _eval_wiring(texts: Path | None) -> Wiring:
    """The parts over a home of its own, with the shipped corpus and, where given, official texts."""
    from anwen.settings import settings
    from anwen.wiring import Wiring

    home = settings().home / ("eval-texts" if texts else "eval")
    wiring = Wiring(settings().model_copy(update={"home": home}))
    wiring.ensure_index(progress=say_building)
    if texts is not None:
        wiring.pipeline.ingest([texts])
    return wiring
