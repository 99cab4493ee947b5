"""The shipped static model, and a sentence-transformers model by setting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from anwen.settings import CORPUS, Settings
from anwen.wiring import Wiring
from retrieval.dense import StaticEmbedder, load_embedder
from retrieval.errors import ConfigError

STATIC = CORPUS / "models" / "static"
TEXTS = ["新工人要培训多少学时", "安全帽", "塔式起重机的安装拆卸"]


def test_the_shipped_model_is_small_and_needs_no_torch(wiring: Wiring) -> None:
    import sys

    assert sum(p.stat().st_size for p in STATIC.iterdir()) <= 12 * 2**20
    assert isinstance(wiring.embedder, StaticEmbedder)
    assert "torch" not in sys.modules


def test_our_reader_and_model2vec_agree_on_the_shipped_model(wiring: Wiring) -> None:
    from model2vec import StaticModel

    model = StaticModel.from_pretrained(str(STATIC))
    theirs = model.encode([" ".join(wiring.tokeniser.pieces(t)) for t in TEXTS])
    ours = wiring.embedder.encode(TEXTS)
    assert np.allclose(ours, theirs / np.linalg.norm(theirs, axis=1, keepdims=True), atol=1e-2)


def test_a_model_that_is_not_installed_says_what_to_do(wiring: Wiring) -> None:
    try:
        import sentence_transformers  # noqa: F401
    except ImportError:
        with pytest.raises(ConfigError, match="transformers"):
            load_embedder("BAAI/bge-small-zh", wiring.tokeniser)
    else:
        pytest.skip("the extra `transformers` is installed: there is nothing to complain about")


def test_a_sentence_transformers_model_takes_the_static_models_place(tmp_path: Path) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the extra `transformers`")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path / "bert"
    folder.mkdir()
    letters = sorted({c for t in TEXTS for c in t})
    (folder / "vocab.txt").write_text(
        "\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]), "utf-8"
    )
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(str(folder))
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=5 + len(letters), **size)).save_pretrained(str(folder))
    word = Transformer(str(folder))
    SentenceTransformer(modules=[word, Pooling(word.get_embedding_dimension())]).save(str(tmp_path / "model"))
    wiring = Wiring(Settings(home=tmp_path / "home", embedding_model=str(tmp_path / "model")))
    wiring.ensure_index()
    assert wiring.searcher.search("新员工要培训多少学时").hits
