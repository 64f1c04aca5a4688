"""The assistant as seen from a LlamaIndex program: a retriever and a query engine."""

from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.types import Answer
from index.types import Hit, Passage


class GroundedRetriever(BaseRetriever):
    """Passages as nodes; their metadata holds ``document_id``, ``start``, ``end`` and ``page``."""

    def __init__(self, assistant: Any, k: int) -> None:
        super().__init__()
        self._assistant = assistant
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return [_node(hit) for hit in self._assistant.search(query_bundle.query_str, self._k)]


class GroundedQueryEngine(CustomQueryEngine):
    """Answers as responses; ``metadata`` has ``refused`` and ``confidence``.

    The citations are the source nodes.
    """

    assistant: Any

    def custom_query(self, query_str: str) -> Response:
        """The answer to ``query_str``; its source nodes are the cited sentences."""
        return _response(self.assistant.ask(query_str))


def make_retriever(assistant: Any, k: int) -> GroundedRetriever:
    """See ``Assistant.as_retriever``."""
    return GroundedRetriever(assistant, k)


def make_query_engine(assistant: Any) -> GroundedQueryEngine:
    """See ``Assistant.as_query_engine``."""
    return GroundedQueryEngine(assistant=assistant)


def _node(hit: Hit) -> NodeWithScore:
    passage: Passage = hit.passage
    node = TextNode(
        id_=str(passage.id),
        text=passage.text,
        start_char_idx=passage.start,
        end_char_idx=passage.end,
        metadata={
            "document_id": passage.document_id,
            "title": passage.title,
            "start": passage.start,
            "end": passage.end,
            "page": passage.page,
        },
    )
    return NodeWithScore(node=node, score=hit.score)


def _response(answer: Answer) -> Response:
    nodes = [
        NodeWithScore(
            node=TextNode(
                text=c.quote,
                start_char_idx=c.start,
                end_char_idx=c.end,
                metadata={
                    "number": c.number,
                    "document_id": c.document_id,
                    "title": c.title,
                    "start": c.start,
                    "end": c.end,
                    "page": c.page,
                },
            ),
            score=answer.confidence,
        )
        for c in answer.citations
    ]
    metadata = {"refused": answer.refused, "confidence": answer.confidence}
    return Response(response=answer.text, source_nodes=nodes, metadata=metadata)
