"""What is known of an answer, as numbers."""

import pytest

from assistant.quote.features import READ_ANSWER_FEATURES, answer_features
from assistant.read.reader import Reading
from assistant.understand.question import understand
from index.types import Found, Hit, Passage


def features_of(*passages):
    """By name, of passages as pairs of document and log odds, all of them of similarity 0.5."""
    hits = tuple(
        Hit(Passage(id_, document, document, 0, 9, "It rains."), 1.0, id_ + 1, similarity=0.5)
        for id_, (document, _) in enumerate(passages)
    )
    readings = {id_: Reading(odds, 0.0, (0, 2), ()) for id_, (_, odds) in enumerate(passages)}
    found = Found(hits, (), {}, frozenset(), {})
    row = answer_features(understand("Does it rain?", str.split), found, (), (), (), readings)
    return dict(zip(READ_ANSWER_FEATURES, row, strict=True))


def test_the_passage_that_the_reader_most_believes_counts():
    assert features_of(("a", 0.0), ("a", -1.0), ("b", 0.5))["reader_answerable"] == 0.5


def test_similarity_tells_something_only_among_several_documents():
    alone, among = features_of(("a", 0.0), ("a", 0.0)), features_of(("a", 0.0), ("b", 0.0))
    assert alone["similarity"] == alone["several_documents"] == 0
    assert among["several_documents"] == pytest.approx(0.5)
    assert among["similarity"] == pytest.approx(0.25)  # half of it, of two documents
