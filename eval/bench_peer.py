"""What the benchmark compares with: a bare sentence-transformers encode, and LlamaIndex.

Types of both stay in this module.
"""

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import TextNode
from pydantic import PrivateAttr

from eval.bench_data import Corpus, KnownQuestions
from index.embed import BATCH_SIZE, has_bf16
from index.model import packaged_model
from index.vectors import FloatVector

CANDIDATES = 50
"""What each retriever hands to fusion: as many as the index's do."""

Search = Callable[[str], int]
"""A question to the number of passages found."""


def load_model() -> Any:
    """The packaged model as sentence-transformers loads it: 32 bit, on the CPU."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(packaged_model().path), device="cpu", local_files_only=True)


def encode(model: Any, texts: Sequence[str]) -> None:
    """Embed ``texts`` and keep nothing, at the precision that the index embeds at."""
    import torch

    with torch.autocast("cpu", torch.bfloat16, enabled=has_bf16()):
        model.encode(list(texts), batch_size=BATCH_SIZE, show_progress_bar=False)


def build(model: Any, texts: Sequence[str]) -> None:
    """LlamaIndex's own index of ``texts`` in memory, embedded as its integration does it."""
    nodes = [TextNode(text=text) for text in texts]
    VectorStoreIndex(nodes, embed_model=_Encoding(model))


def vector_search(corpus: Corpus) -> Search:
    """Its VectorStoreIndex over the corpus, the vectors given."""
    return _counting(_vector_index(corpus).as_retriever(similarity_top_k=10))


def fusion_search(corpus: Corpus) -> Search:
    """The same fused with its BM25 retriever.

    Raises:
        ImportError: ``llama-index-retrievers-bm25`` is not installed.
    """
    from llama_index.retrievers.bm25 import BM25Retriever  # type: ignore[import-untyped,import-not-found,unused-ignore]

    index = _vector_index(corpus)
    retrievers = [
        index.as_retriever(similarity_top_k=CANDIDATES),
        BM25Retriever.from_defaults(nodes=_nodes(corpus), similarity_top_k=CANDIDATES),
    ]
    return _counting(
        QueryFusionRetriever(
            retrievers,
            llm=MockLLM(),
            mode=FUSION_MODES.RECIPROCAL_RANK,
            similarity_top_k=10,
            num_queries=1,
            use_async=False,
        )
    )


def _counting(retriever: Any) -> Search:
    return lambda question: len(retriever.retrieve(question))


def _nodes(corpus: Corpus) -> list[Any]:
    rows = zip(corpus.passages, corpus.vectors, strict=True)
    return [
        TextNode(text=text, id_=str(number), embedding=vector.tolist())
        for number, (text, vector) in enumerate(rows)
    ]


def _vector_index(corpus: Corpus) -> Any:
    return VectorStoreIndex(_nodes(corpus), embed_model=_Known(KnownQuestions(corpus)))


class _Encoding(BaseEmbedding):
    """Embeds with the model, as ``llama-index-embeddings-huggingface`` does."""

    _model: Any = PrivateAttr()

    def __init__(self, model: Any) -> None:
        super().__init__(model_name="all-MiniLM-L6-v2", embed_batch_size=BATCH_SIZE)
        self._model = model

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = self._model.encode(
            texts, batch_size=len(texts), normalize_embeddings=True, show_progress_bar=False
        ).tolist()
        return rows

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embeddings([query])[0]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class _Known(BaseEmbedding):
    """Knows the vectors of the questions, as the index does in the same measurement."""

    _known: KnownQuestions = PrivateAttr()

    def __init__(self, known: KnownQuestions) -> None:
        super().__init__(model_name="known")
        self._known = known

    def _get_query_embedding(self, query: str) -> list[float]:
        vector: FloatVector = self._known.embed_question(query)
        return [float(value) for value in vector]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        raise NotImplementedError("every passage has its vector already")
