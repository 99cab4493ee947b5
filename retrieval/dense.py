"""Text → vectors: the shipped static model, or a sentence-transformers model by setting."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.errors import ConfigError
from retrieval.tokens import characters

if TYPE_CHECKING:
    from retrieval.tokens import Tokeniser

_MAX_PIECES = 512
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
    """A table of vectors for words and characters, in a folder as model2vec and sentence-transformers keep
    them (Tulkens & van Dongen, "Model2Vec", 2024); a text is the mean of its pieces' vectors.

    Read here without those libraries: a process is up half a second sooner.
    """

    def __init__(self, folder: Path, tokeniser: Tokeniser) -> None:
        from safetensors.numpy import load_file

        self.name = static_name(folder)
        self._tokeniser = tokeniser
        vocabulary = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
        self._vocabulary: dict[str, int] = vocabulary
        self._pooled: Matrix = load_file(folder / "model.safetensors")["embeddings"].astype(np.float32)
        self._table, self._importance = _words_of(folder, self._pooled)
        self.size = len(self._table)

    def encode(self, texts: list[str], words: list[list[str]] | None = None) -> Matrix:
        rows = [row[:_MAX_PIECES] for row in self.pieces(texts, words)]
        means = [self._pooled[row].mean(axis=0) if len(row) else self._pooled[0] for row in rows]
        return _unit(np.stack(means)) if means else np.zeros((0, self._pooled.shape[1]), np.float32)

    def pieces(self, texts: list[str], words: list[list[str]] | None = None) -> list[npt.NDArray[np.int32]]:
        """The piece numbers of each text, unknown pieces left out."""
        known = self._vocabulary
        cut = [self._tokeniser.words(t) for t in texts] if words is None else words
        return [
            np.array([known[p] for p in (*w, *characters(t)) if p in known], dtype=np.int32)
            for w, t in zip(cut, texts, strict=True)
        ]

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
        self.name = transformer_name(name)
        try:
            self._model: Any = SentenceTransformer(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ConfigError(f"载入向量模型 {name} 失败：{error}") from error

    def encode(self, texts: list[str], words: list[list[str]] | None = None) -> Matrix:
        return _unit(self._model.encode(texts, show_progress_bar=False, batch_size=64))


def load_embedder(model: str | Path, tokeniser: Tokeniser) -> Embedder:
    """The embedder for a setting: a folder that `anwen train` made, else a sentence-transformers model."""
    return StaticEmbedder(Path(model), tokeniser) if is_static(model) else TransformerEmbedder(str(model))


def embedder_name(model: str | Path) -> str:
    """The name of a setting's embedder, told without loading it."""
    return static_name(Path(model)) if is_static(model) else transformer_name(str(model))


def is_static(model: str | Path) -> bool:
    """Whether this is a folder that `anwen train` made."""
    tokenizer = Path(model) / "tokenizer.json"
    return (
        tokenizer.is_file()
        and (Path(model) / "model.safetensors").is_file()
        and ('"WhitespaceSplit"' in tokenizer.read_text("utf-8")[:2_000])
    )


def static_name(folder: Path) -> str:
    """The name of a static model: its folder and a hash of its weights, so that an index knows its maker."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(file.read(65_536) + str(path.stat().st_size).encode())
    return f"static:{folder.name}:{digest.hexdigest()[:8]}"


def transformer_name(model: str) -> str:
    """The name of a sentence-transformers model."""
    return f"transformer:{model}"


def _words_of(folder: Path, pooled: Matrix) -> tuple[Matrix, npt.NDArray[np.float32]]:
    """The unit vectors of single words for late interaction, and their importance; the pooled ones where the
    model was trained without labelled pairs."""
    path = folder / "words.safetensors"
    if not path.is_file():
        return _unit(pooled), np.zeros(len(pooled), dtype=np.float32)
    from safetensors.numpy import load_file

    arrays = load_file(path)
    return _unit(arrays["table"]), arrays["importance"].astype(np.float32)


def _unit(matrix: Any) -> Matrix:
    array = np.asarray(matrix, dtype=np.float32)
    norms = np.linalg.norm(array, axis=1, keepdims=True)
    return np.asarray(array / np.maximum(norms, 1e-9), dtype=np.float32)
