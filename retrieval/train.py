"""Trains the static model on the clauses of an index, and on question → clause pairs where there are any.

One vector a word and a character; a text is the mean of its vectors. Without labels: inverse cloze (Lee
et al. 2019, "Latent Retrieval for Weakly Supervised Open Domain Question Answering"): a sentence of a clause,
a fifth of its words left out, is the question, the rest of the clause with its headings the answer. With labels:
pairs {"query", "relevant": [clause ids]}. Loss: in-batch negatives (Henderson et al. 2017, arXiv:1705.00652).

Where there are labels, a second table is trained for the late interaction (`interaction.py`) on the clauses
that the first table ranks highest for each question. Needs the extra `train`; for 20,000 clauses and 17,000
pairs about a minute and eight minutes on two cores.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.errors import ConfigError, InputError

if TYPE_CHECKING:
    from retrieval.index import Generation
    from retrieval.lexicon import Lexicon
    from retrieval.tokens import Tokeniser

_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is trained, and how long. `dropped` is the share of a made question's words left out at random;
    `repeats` how often a labelled pair comes in an epoch, since it is worth more than a made one."""

    dimensions: int = 128
    vocabulary: int = 22_000
    epochs: int = 6
    batch: int = 1_024
    rate: float = 0.02
    scale: float = 20.0
    dropped: float = 0.2
    repeats: int = 3
    word_epochs: int = 2
    word_rate: float = 0.004
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Example:
    """A question and its answer as piece numbers; `unit` tells answers that are the same."""

    question: list[int]
    answer: list[int]
    unit: int


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

    Raises ConfigError where the extra `train` is not installed.
    """
    rng = random.Random(recipe.seed)
    units = list(_units(generation))
    labelled = [(tokeniser.pieces(p["query"]), p["relevant"]) for p in pairs]
    cut = [tokeniser.pieces(f"{u.heading} {u.body}") for u in units]
    vocabulary = _vocabulary([*cut, *(q for q, _ in labelled)], recipe.vocabulary)

    def numbers(pieces: Iterable[str]) -> list[int]:
        return [vocabulary[p] for p in pieces if p in vocabulary]

    answers = [numbers(pieces) for pieces in cut]
    by_id = {name: n for n, unit in enumerate(units) for name in unit.names}
    examples = [
        Example(numbers(question), answers[by_id[name]], by_id[name])
        for question, relevant in labelled
        for name in relevant
        if name in by_id
    ] * recipe.repeats
    for n, unit in enumerate(units):
        examples += _made(unit, n, answers[n], tokeniser, numbers, rng, recipe.dropped)
    for lay, terms in lexicon.items():
        examples += [
            Example(numbers(tokeniser.pieces(lay)), numbers(tokeniser.pieces(t)), -1) for t in terms[:2]
        ]
    usable = [e for e in examples if e.question and e.answer]
    table = _fitted(usable, len(vocabulary) + 1, recipe, rng)
    _save(table, vocabulary, out)
    questions = [
        (numbers(question), [by_id[name] for name in relevant if name in by_id])
        for question, relevant in labelled
    ]
    ranked = [(sorted(set(q)), gold) for q, gold in questions if q and gold]
    if ranked:
        from retrieval.train_words import fit_words

        words = fit_words(
            table,
            answers,
            ranked,
            shown=[int(n) for n in generation.units[:, 1]],
            epochs=recipe.word_epochs,
            rate=recipe.word_rate,
            seed=recipe.seed,
        )
        words.save(out)


def read_pairs(path: Path) -> Iterator[dict[str, Any]]:
    """The pairs of a JSON-lines file. Raises InputError with the line that is wrong."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                yield {"query": str(row["query"]), "relevant": [str(r) for r in row["relevant"]]}
            except (ValueError, KeyError, TypeError) as error:
                shape = '{"query", "relevant"}'
                raise InputError(f"{path.name} 第 {number} 行不是 {shape} 形式的 JSON") from error


@dataclass(frozen=True, slots=True)
class _Unit:
    names: tuple[str, ...]
    heading: str
    body: str


def _units(generation: Generation) -> Iterator[_Unit]:
    numbers = [int(n) for n in generation.units[:, 0]]
    for start in range(0, len(numbers), 500):
        clauses = generation.clauses.numbered(numbers[start : start + 500])
        for n in numbers[start : start + 500]:
            c = clauses[n]
            names = (c.id, *((c.external_id,) if c.external_id else ()))
            yield _Unit(names, " ".join(c.heading_path[-3:]), f"{c.context} {c.text}")


def _vocabulary(texts: list[list[str]], size: int) -> dict[str, int]:
    """The pieces that stand in at least two texts, numbered from 1 by frequency; 0 is for unknown ones."""
    counts = Counter(piece for pieces in texts for piece in set(pieces))
    return {p: i for i, (p, n) in enumerate(counts.most_common(size), 1) if n > 1}


def _made(
    unit: _Unit,
    n: int,
    answer: list[int],
    tokeniser: Tokeniser,
    numbers: Any,
    rng: random.Random,
    dropped: float,
) -> Iterator[Example]:
    """Questions made of a unit's own sentences and headings."""
    sentences = [s for s in _SENTENCE.findall(unit.body) if len(s) > 8]
    for sentence in sentences[:4]:
        question = numbers(tokeniser.pieces(sentence))
        own = set(question)
        # one time in five the sentence stays in the clause, so that equal words keep their worth
        whole = len(sentences) == 1 or rng.random() < 0.2
        rest = answer if whole else [p for p in answer if p not in own or rng.random() < 0.25]
        yield Example([p for p in question if rng.random() >= dropped] or question, rest, n)
    yield Example(numbers(tokeniser.pieces(unit.heading)), answer, n)


def _fitted(examples: list[Example], size: int, recipe: Recipe, rng: random.Random) -> Any:
    """The table of vectors, shape (size, dimensions)."""
    try:
        import torch
        from torch.nn import functional
    except ImportError as error:
        raise ConfigError("训练需要另装：pip install -c constraints.txt -e '.[train]'") from error

    torch.manual_seed(recipe.seed)
    table = torch.nn.EmbeddingBag(size, recipe.dimensions, mode="sum")
    torch.nn.init.normal_(table.weight, 0, 0.1)
    optimizer = torch.optim.Adam(table.parameters(), lr=recipe.rate)
    batch = min(recipe.batch, len(examples))

    def encode(rows: list[list[int]]) -> Any:
        rows = [row[:512] or [0] for row in rows]
        offsets = np.cumsum([0, *(len(row) for row in rows[:-1])])
        flat = torch.from_numpy(np.concatenate([np.asarray(row) for row in rows]))
        return functional.normalize(table(flat, torch.from_numpy(offsets)), dim=1)

    steps = max(recipe.epochs * (len(examples) // batch), 1)
    step = 0
    for _ in range(recipe.epochs):
        rng.shuffle(examples)
        for start in range(0, len(examples) - batch + 1, batch):
            rows = examples[start : start + batch]
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate * (1 - step / steps)
            scores = encode([e.question for e in rows]) @ encode([e.answer for e in rows]).T * recipe.scale
            unit = torch.tensor([e.unit for e in rows])
            same = (unit[:, None] == unit[None, :]) & (unit[:, None] >= 0)
            scores = scores.masked_fill(same.fill_diagonal_(False), -1e4)  # not negatives of each other
            loss = functional.cross_entropy(scores, torch.arange(len(rows)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return table.weight.detach().numpy()


def _save(table: Any, vocabulary: dict[str, int], out: Path) -> None:
    """Write the model as model2vec and sentence-transformers load it: fp16, one folder, a tokenizer that
    splits at blanks (a text is cut into pieces before it comes to the model)."""
    from model2vec import StaticModel
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit

    tokenizer = Tokenizer(WordLevel({"[UNK]": 0, **vocabulary}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    matrix = np.asarray(table, dtype=np.float16)
    matrix[0] = 0  # an unknown piece says nothing
    out.mkdir(parents=True, exist_ok=True)
    StaticModel(vectors=matrix, tokenizer=tokenizer, normalize=True).save_pretrained(str(out))
    (out / "model.safetensors").chmod(0o644)
    (out / "README.md").unlink(missing_ok=True)
