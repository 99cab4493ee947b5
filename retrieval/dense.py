"""Text → vectors: the shipped static model, or a sentence-transformers model by setting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.errors import ConfigError
from retrieval.tokens import characters

if TYPE_CHECKING:
    from retrieval.tokens import Tokeniser

Matrix = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Encodes texts as unit vectors, shape (number of texts, dimensions)."""

    name: str

    def encode(self, texts: list[str], words: list[list[str]] | None = None) -> Matrix:
        """`words` are the words of each text where they have been cut already."""
        ...


class WordVectors(Protocol):
    """The vectors of single words of a static model."""

    size: int

    def pieces(
        self, texts: list[str], words: list[list[str]] | None = None
    ) -> list[npt.NDArray[np.int32]]: ...

    def vectors(self, pieces: npt.NDArray[np.int32]) -> Matrix: ...

    def importance(self, pieces: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]: ...


class StaticEmbedder:
    """A table of word vectors in one folder (model2vec); 0.1 s to load, no torch.

    Tulkens & van Dongen, "Model2Vec: Fast State-of-the-Art Static Embeddings" (2024).
    """

    def __init__(self, folder: Path, tokeniser: Tokeniser) -> None:
        from model2vec import StaticModel

        self.name = f"static:{folder.name}:{_fingerprint(folder)}"
        self._model: Any = StaticModel.from_pretrained(str(folder))
        self._tokeniser = tokeniser
        table, self._importance = _words_of(folder, np.asarray(self._model.embedding))
        self._table = _unit(table)
        self.size = len(self._table)

    def encode(self, texts: list[str], words: list[list[str]] | None = None) -> Matrix:
        return _unit(self._model.encode(self._cut(texts, words), show_progress_bar=False))

    def pieces(self, texts: list[str], words: list[list[str]] | None = None) -> list[npt.NDArray[np.int32]]:
        """The piece numbers of each text, unknown pieces left out."""
        rows = self._model.tokenizer.encode_batch(self._cut(texts, words), add_special_tokens=False)
        return [np.array([i for i in row.ids if i], dtype=np.int32) for row in rows]

    def _cut(self, texts: list[str], words: list[list[str]] | None) -> list[str]:
        if words is None:
            return [" ".join(self._tokeniser.pieces(t)) for t in texts]
        return [" ".join([*w, *characters(t)]) for w, t in zip(words, texts, strict=True)]

    def vectors(self, pieces: npt.NDArray[np.int32]) -> Matrix:
        """The unit vectors of pieces, shape (pieces, dimensions)."""
        return self._table[pieces]

    def importance(self, pieces: npt.NDArray[np.int32]) -> npt.NDArray[np.float32]:
        """How much each piece of a question matters beyond its rarity, a factor around 1."""
        return np.asarray(np.exp(self._importance[pieces]), dtype=np.float32)


class TransformerEmbedder:
    """A sentence-transformers model: a local folder, or a name already in the local cache."""

    def __init__(self, name: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ConfigError(
                "ANWEN_EMBEDDING_MODEL 指向的是 sentence-transformers 模型，请先安装：pip install -e '.[transformers]'"
            ) from error
        self.name = f"transformer:{name}"
        try:
            self._model: Any = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ConfigError(f"载入向量模型 {name} 失败：{error}") from error

    def encode(self, texts: list[str], words: list[list[str]] | None = None) -> Matrix:
        return _unit(self._model.encode(texts, show_progress_bar=False, batch_size=64))


def load_embedder(model: str | Path, tokeniser: Tokeniser) -> Embedder:
    """The embedder for a setting: a folder of a static model, else a sentence-transformers name."""
    folder = Path(model)
    modules = folder / "modules.json"
    if modules.is_file() and "StaticEmbedding" in json.loads(modules.read_text("utf-8"))[0]["type"]:
        return StaticEmbedder(folder, tokeniser)
    return TransformerEmbedder(str(model))


def _words_of(folder: Path, pooled: Any) -> tuple[Any, Any]:
    """The vectors of single words for late interaction, and their importance; the pooled ones where the
    model was trained without labelled pairs."""
    path = folder / "words.safetensors"
    if not path.is_file():
        return pooled, np.zeros(len(pooled), dtype=np.float32)
    from safetensors.numpy import load_file

    arrays = load_file(path)
    return arrays["table"], arrays["importance"].astype(np.float32)


def _unit(matrix: Any) -> Matrix:
    array = np.asarray(matrix, dtype=np.float32)
    norms = np.linalg.norm(array, axis=1, keepdims=True)
    return np.asarray(array / np.maximum(norms, 1e-9), dtype=np.float32)


def _fingerprint(folder: Path) -> str:
    """Short hash of the weights' size and head, so that an index knows which model made it."""
    import hashlib

    weights = folder / "model.safetensors"
    with weights.open("rb") as file:
        head = file.read(65536)
    return hashlib.sha256(head + str(weights.stat().st_size).encode()).hexdigest()[:8]
