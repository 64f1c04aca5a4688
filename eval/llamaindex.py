"""LlamaIndex on the same cases: its CitationQueryEngine, or any query engine, as an Answerer.

It reads the texts that the assistant extracted, with the assistant's own embedding model, so that
what differs is how passages are cut, found and cited. Types of LlamaIndex stay in this module. On
the command line: ``assistant eval run CASES --assistant eval.llamaindex:citation_engine``.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from llama_index.core import Document as LlamaDocument
from llama_index.core import VectorStoreIndex
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle
from pydantic import PrivateAttr

from assistant.types import Answer, Citation, Turn
from eval.answerer import HasDocuments
from eval.match import Stretch, locate
from index.types import Hit, Passage

DEFAULT_CHUNK_TOKENS = 1024
"""LlamaIndex's own default; all-MiniLM-L6-v2 reads the first 256 tokens of a passage."""
MODEL_CHUNK_TOKENS = 256
TOP_K = 10
"""LlamaIndex's default is 2, too few to tell hit@5 and hit@10."""

_SOURCE = re.compile(r"^Source \d+:\n")
_MARKER = re.compile(r"\[(\d+)\]")


def citation_engine(folder: Path) -> "LlamaIndexAnswerer":
    """LlamaIndex's CitationQueryEngine without a language model: what it finds and would cite."""
    return _citation_engine(folder, DEFAULT_CHUNK_TOKENS)


def citation_engine_256(folder: Path) -> "LlamaIndexAnswerer":
    """The same with passages as long as the embedding model reads."""
    return _citation_engine(folder, MODEL_CHUNK_TOKENS)


@dataclass(frozen=True, slots=True)
class LlamaIndexAnswerer:
    """A LlamaIndex query engine as something that can be evaluated.

    Without a language model (``writes`` False) the answer is the best source as a whole, cited as
    ``[1]``; with one it is what the engine wrote, and its ``[n]`` are the sources it names. It
    never refuses; its confidence is the score of the best node, cut to 0..1. Earlier turns are
    not used: a query engine has no history.
    """

    engine: BaseQueryEngine
    library: HasDocuments
    writes: bool = False
    told: Mapping[str, str] | None = None
    """What :meth:`describe` adds about the engine."""

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """What the engine finds, and cites, for the question."""
        query = QueryBundle(question)
        nodes = self.engine.retrieve(query)
        if self.writes:
            response = self.engine.query(query)
            text, sources = str(response), response.source_nodes
        else:
            text, sources = "", _sources(self.engine, nodes)[:1]
        cited = [self._stretch(node) for node in sources]
        return Answer(
            question=question,
            text=text if self.writes else "".join(f"{each.text} [1]" for each in cited),
            citations=_citations(text if self.writes else "[1]", cited),
            confidence=min(1.0, max(0.0, nodes[0].score or 0.0)) if nodes else 0.0,
            hits=tuple(self._hit(rank, node) for rank, node in enumerate(nodes, start=1)),
        )

    def document(self, document_id: str, /) -> Any:
        """The document, as the assistant read it."""
        return self.library.document(document_id)

    def documents(self) -> Sequence[Any]:
        """All documents, as the assistant read them."""
        return self.library.documents()

    def describe(self) -> dict[str, str]:
        """Version and kind of the engine."""
        told = {
            "engine": type(self.engine).__name__,
            "llama-index-core": version("llama-index-core"),
        }
        return told | dict(self.told or {})

    def _hit(self, rank: int, node: NodeWithScore) -> Hit:
        place = self._stretch(node)
        passage = Passage(
            rank, place.document_id, place.document_id, place.start, place.end, place.text
        )
        return Hit(passage, score=node.score or 0.0, rank=rank)

    def _stretch(self, node: NodeWithScore) -> Stretch:
        """Where the node's text stands in its document; offsets 0, 0 when it does not."""
        content = _SOURCE.sub("", node.node.get_content()).strip()
        document_id = str(node.node.metadata["document_id"])
        text = str(self.library.document(document_id).text)
        places = locate(content, [(document_id, text)]).places
        start, end = places[0][1:] if places else (0, 0)
        return Stretch(document_id, start, end, text[start:end] or content)


class AssistantEmbedding(BaseEmbedding):
    """The assistant's embedding model for LlamaIndex."""

    _embedder: Any = PrivateAttr()

    def __init__(self, embedder: Any) -> None:
        super().__init__(model_name=str(embedder.fingerprint), embed_batch_size=32)
        self._embedder = embedder

    def _get_query_embedding(self, query: str) -> list[float]:
        return [float(value) for value in self._embedder.embed_question(query)]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        embedded = self._embedder.embed_passages(texts, [()] * len(texts))
        return [[float(value) for value in each.passage] for each in embedded]


def make_citation_engine(
    library: HasDocuments, embedding: BaseEmbedding, chunk_tokens: int = DEFAULT_CHUNK_TOKENS
) -> LlamaIndexAnswerer:
    """A CitationQueryEngine on the library's documents, cut into passages of ``chunk_tokens``."""
    documents = [library.document(each.id) for each in library.documents()]
    index = VectorStoreIndex.from_documents(
        [_llama_document(each.id, each.text) for each in documents],
        embed_model=embedding,
        transformations=[
            SentenceSplitter(chunk_size=chunk_tokens, chunk_overlap=min(200, chunk_tokens // 8))
        ],
    )
    engine = CitationQueryEngine.from_args(index, llm=MockLLM(), similarity_top_k=TOP_K)
    told = {"model": embedding.model_name, "chunk_tokens": str(chunk_tokens)}
    return LlamaIndexAnswerer(engine, library, told=told)


def _citation_engine(folder: Path, chunk_tokens: int) -> LlamaIndexAnswerer:
    from assistant.cli import open_assistant

    assistant = open_assistant(folder, None)
    embedding = AssistantEmbedding(assistant.index.embedder)
    return make_citation_engine(assistant, embedding, chunk_tokens)


def _llama_document(document_id: str, text: str) -> LlamaDocument:
    # The id must not become part of what is embedded, nor of a node's text.
    hidden = ["document_id"]
    return LlamaDocument(
        text=text,
        metadata={"document_id": document_id},
        excluded_embed_metadata_keys=hidden,
        excluded_llm_metadata_keys=hidden,
    )


def _sources(engine: BaseQueryEngine, nodes: list[NodeWithScore]) -> list[NodeWithScore]:
    """What the engine would show its language model as sources: smaller parts of the nodes."""
    if isinstance(engine, CitationQueryEngine):
        return engine._create_citation_nodes(nodes)
    return nodes


def _citations(text: str, sources: Sequence[Stretch]) -> tuple[Citation, ...]:
    """The sources that ``[n]`` in the text name, each once."""
    numbers = dict.fromkeys(int(found) for found in _MARKER.findall(text) if len(found) < 6)
    return tuple(
        Citation(
            number=number,
            document_id=sources[number - 1].document_id,
            title=sources[number - 1].document_id,
            start=sources[number - 1].start,
            end=sources[number - 1].end,
            quote=sources[number - 1].text,
        )
        for number in numbers
        if 1 <= number <= len(sources)
    )
