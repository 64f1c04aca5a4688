"""The LlamaIndex wrapper, with a hash embedder and LlamaIndex's own mock model: no downloads."""

import hashlib
from typing import Any

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from assistant.types import Turn
from eval.cases import Case
from eval.llamaindex import AssistantEmbedding, LlamaIndexAnswerer, make_citation_engine
from eval.run import run_cases
from tests.fakes_eval import BUILT, MILL, TEXT, WHEELS, ScriptedAssistant

OTHER = "Sheep graze on the hill. The shepherd is called Tom. Wool is spun in winter. " * 40


class WordVectors:
    """Embeds a text as counts of its words, hashed into 64 places."""

    fingerprint = "words"

    def embed_question(self, question: str) -> list[float]:
        vector = [0.0] * 64
        for word in question.lower().replace(".", " ").replace("?", " ").split():
            vector[hashlib.sha256(word.encode()).digest()[0] % 64] += 1.0
        return vector

    def embed_passages(self, texts: list[str], _: object) -> list[Any]:
        return [type("Vectors", (), {"passage": self.embed_question(text)}) for text in texts]


@pytest.fixture
def library() -> ScriptedAssistant:
    return ScriptedAssistant({}, texts={MILL: TEXT, "farm/hill.txt": OTHER})


@pytest.fixture
def answerer(library: ScriptedAssistant) -> LlamaIndexAnswerer:
    return make_citation_engine(library, AssistantEmbedding(WordVectors()), chunk_tokens=64)


def test_hits_have_the_document_and_offsets_of_their_text(answerer: LlamaIndexAnswerer) -> None:
    reply = answerer.ask("Who built the mill by the river?")
    assert reply.hits[0].passage.document_id == MILL
    texts = {MILL: TEXT, "farm/hill.txt": OTHER}
    assert len(reply.hits) > 3
    for hit in reply.hits:
        passage = hit.passage
        assert texts[passage.document_id][passage.start : passage.end] == passage.text
        assert passage.text


def test_without_a_model_the_best_source_is_the_answer_and_is_cited_exactly(
    answerer: LlamaIndexAnswerer,
) -> None:
    reply = answerer.ask("Who built the mill by the river?")
    assert reply.text == f"{TEXT} [1]"
    assert [(each.document_id, each.start, each.end) for each in reply.citations] == [
        (MILL, 0, len(TEXT))
    ]
    assert not reply.refused
    assert 0 <= reply.confidence <= 1


def test_it_is_evaluated_like_the_assistant(answerer: LlamaIndexAnswerer) -> None:
    case = Case("a", "Who built the mill by the river?", True, (), (), (BUILT,), (MILL,))
    record = run_cases(answerer, [case]).records[0]
    assert record.error is None
    assert record.scores["hit_at_1"].value == 1
    assert record.scores["citation_exact"].value == 1


def test_it_says_what_it_is(answerer: LlamaIndexAnswerer) -> None:
    told = answerer.describe()
    assert told["engine"] == "CitationQueryEngine"
    assert told["chunk_tokens"] == "64"
    assert told["model"] == "words"


class WritingEngine(CustomQueryEngine):
    """Answers with two sources, one of which stands nowhere."""

    text: str

    def retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return self._nodes()

    def custom_query(self, query_str: str) -> Response:
        return Response(response=self.text, source_nodes=self._nodes())

    def _nodes(self) -> list[NodeWithScore]:
        return [
            NodeWithScore(
                node=TextNode(text=f"Source {number}:\n{text}\n", metadata={"document_id": MILL}),
                score=score,
            )
            for number, text, score in ((1, WHEELS, 1.7), (2, "Stands nowhere.", 0.2))
        ]


def written(library: ScriptedAssistant, text: str) -> Any:
    return LlamaIndexAnswerer(WritingEngine(text=text), library, writes=True).ask("Q?")


def test_a_written_answers_numbers_are_its_sources(library: ScriptedAssistant) -> None:
    reply = written(library, "Two wheels [1], and more [2] [1].")
    assert reply.text == "Two wheels [1], and more [2] [1]."
    start = TEXT.index(WHEELS)
    assert [(each.number, each.start, each.end, each.quote) for each in reply.citations] == [
        (1, start, start + len(WHEELS), WHEELS),
        (2, 0, 0, "Stands nowhere."),
    ]
    assert reply.confidence == 1.0


def test_numbers_that_name_no_source_are_left_out(library: ScriptedAssistant) -> None:
    assert written(library, "So it is [7] [0] [123456789].").citations == ()


def test_history_is_taken_and_not_used(answerer: LlamaIndexAnswerer) -> None:
    turn = Turn("Where?", "There.")
    assert answerer.ask("Who built the mill?", history=[turn]) == answerer.ask(
        "Who built the mill?"
    )
