"""Trains the static model on the clauses of an index, and on question → clause pairs where there are any.

Without labels: inverse cloze (Lee et al. 2019, "Latent Retrieval for Weakly Supervised Open Domain
Question Answering"): a sentence of a clause is the question, the rest of the clause with its headings the answer.
With labels: pairs {"query", "relevant": [clause ids]}. Loss: in-batch negatives (Henderson et al. 2017).
Needs the extra `train`; about two minutes for 20,000 clauses on two cores.
"""

from __future__ import annotations

import json
import random
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ConfigError, InputError
from retrieval.numerals import normalise

if TYPE_CHECKING:
    from retrieval.index import Generation
    from retrieval.lexicon import Lexicon
    from retrieval.tokens import Tokeniser

_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is trained, and how long. `dropped` is the share of a question's words left out at random."""

    dimensions: int = 192
    words: int = 20_000
    epochs: int = 6
    batch: int = 1_024
    rate: float = 0.1
    dropped: float = 0.2
    seed: int = 7


def train(
    generation: Generation,
    pairs: Iterable[dict[str, Any]],
    out: Path,
    *,
    tokeniser: Tokeniser,
    lexicon: Lexicon,
    recipe: Recipe = Recipe(),
) -> None:
    """Train a static model and write it to the folder `out`.

    Raises ConfigError where the extra `train` is not installed, InputError for malformed pairs.
    """
    try:
        import torch
        from datasets import Dataset
        from sentence_transformers import (
            SentenceTransformer,
            SentenceTransformerTrainer,
            SentenceTransformerTrainingArguments,
        )
        from sentence_transformers.losses import MultipleNegativesRankingLoss
        from sentence_transformers.models import StaticEmbedding
    except ImportError as error:
        raise ConfigError("训练需要另装：pip install -c constraints.txt -e '.[train]'") from error

    random.seed(recipe.seed)
    torch.manual_seed(recipe.seed)
    texts = [_unit_text(generation, n) for n in range(len(generation.units))]
    examples = [*_labelled(generation, pairs, texts), *_cloze(texts, recipe), *_lay_words(lexicon)]
    tokenizer = _unigram(texts, tokeniser, recipe)
    static = StaticEmbedding(tokenizer, embedding_dim=recipe.dimensions)
    with torch.no_grad():
        static.embedding.weight.normal_(0, 0.1)
    model = SentenceTransformer(modules=[static], device="cpu")
    random.shuffle(examples)
    dataset = Dataset.from_dict({"anchor": [a for a, _ in examples], "positive": [b for _, b in examples]})
    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(out / "checkpoints"),
        num_train_epochs=recipe.epochs,
        per_device_train_batch_size=recipe.batch,
        learning_rate=recipe.rate,
        warmup_steps=0.05,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        seed=recipe.seed,
        disable_tqdm=True,
        logging_strategy="no",
    )
    loss = MultipleNegativesRankingLoss(model, scale=20.0)
    SentenceTransformerTrainer(model=model, args=arguments, train_dataset=dataset, loss=loss).train()
    shutil.rmtree(out / "checkpoints", ignore_errors=True)
    _save(static.embedding.weight.detach().numpy(), tokenizer, out)


def read_pairs(path: Path) -> Iterator[dict[str, Any]]:
    """The pairs of a JSON-lines file. Raises InputError with the line that is wrong."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                yield {"query": str(row["query"]), "relevant": [str(r) for r in row["relevant"]]}
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(f'{path.name} 第 {number} 行不是 {{"query", "relevant"}} 形式的 JSON') from error


def _unit_text(generation: Generation, unit: int) -> str:
    clause = generation.clauses.numbered([int(generation.units[unit, 0])])
    one = next(iter(clause.values()))
    return f"{' '.join(one.heading_path[-2:])}\n{one.context}{one.text}"


def _labelled(
    generation: Generation, pairs: Iterable[dict[str, Any]], texts: list[str]
) -> Iterator[tuple[str, str]]:
    by_id: dict[str, int] = {}
    for unit, (number, _, _) in enumerate(generation.units):
        clause = generation.clauses.numbered([int(number)])[int(number)]
        by_id[clause.id] = unit
        if clause.external_id is not None:
            by_id[clause.external_id] = unit
    for pair in pairs:
        for clause_id in pair["relevant"]:
            if clause_id in by_id:
                for _ in range(3):  # labelled pairs are few and worth more than made ones
                    yield normalise(pair["query"]), normalise(texts[by_id[clause_id]])


def _cloze(texts: list[str], recipe: Recipe) -> Iterator[tuple[str, str]]:
    for text in texts:
        heading, _, body = text.partition("\n")
        sentences = [s for s in _SENTENCE.findall(body) if len(s) > 8]
        for sentence in sentences[:4]:
            # one time in five the sentence stays in the clause, so that equal words keep their worth
            rest = text if len(sentences) == 1 or random.random() < 0.2 else f"{heading} {body.replace(sentence, '')}"
            yield _thinned(normalise(sentence), recipe.dropped), normalise(rest)
        if heading and body:
            yield normalise(heading), normalise(body)


def _thinned(text: str, dropped: float) -> str:
    pieces = re.findall(r"[\u4e00-\u9fff]{1,3}|[^\u4e00-\u9fff]+", text)
    return "".join(p for p in pieces if random.random() >= dropped) or text


def _lay_words(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    for lay, terms in lexicon.items():
        for term in terms[:2]:
            yield normalise(lay), normalise(term)


def _unigram(texts: list[str], tokeniser: Tokeniser, recipe: Recipe) -> Any:
    """A Unigram tokenizer whose pieces are dictionary words with their log-frequencies."""
    import math

    from tokenizers import Tokenizer
    from tokenizers.models import Unigram

    counts: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        counts.update(w for w in tokeniser.cut(text) if len(w) <= 8)
        characters.update(normalise(text))
    words = [w for w, n in counts.most_common(recipe.words) if n >= 2]
    total = sum(counts.values())
    vocabulary = {w: math.log(counts[w] / total) for w in words}
    floor = math.log(0.5 / total)
    for character in characters:
        vocabulary.setdefault(character, floor - 2.0)
    pieces = [("[UNK]", floor - 10.0), *sorted(vocabulary.items(), key=lambda item: -item[1])]
    tokenizer = Tokenizer(Unigram(pieces, unk_id=0))
    return tokenizer


def _save(weights: Any, tokenizer: Any, out: Path) -> None:
    """Write the model so that model2vec and sentence-transformers both load it: fp16, one folder."""
    import numpy as np
    from model2vec import StaticModel

    matrix = np.asarray(weights, dtype=np.float16)
    matrix[0] = 0  # an unknown piece says nothing
    out.mkdir(parents=True, exist_ok=True)
    StaticModel(vectors=matrix, tokenizer=tokenizer, normalize=True).save_pretrained(str(out))
    for leftover in ("README.md",):
        (out / leftover).unlink(missing_ok=True)
