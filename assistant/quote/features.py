"""What is known of each sentence, and of the answer, as numbers. Pure; shared with the fitting.

``choose.py`` and ``refuse.py`` weigh these with the coefficients in ``coefficients.json``, which
``eval/train/fit.py`` fits on public data.
"""

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from assistant.quote.last_turn import last_turn, places_in_passage
from assistant.read.reader import Reading
from assistant.understand.question import Question, Terms, content_terms
from assistant.wording.answer_type import AnswerType, holds
from assistant.wording.openers import LOOK_BACK, starts_in_the_air
from index.rank import coverage
from index.types import BlockKind, Found, Sentence

Matrix = npt.NDArray[np.float64]
Readings = Mapping[int, Reading]
"""What the reader makes of some of the passages found, by passage id."""

SENTENCE_FEATURES = (
    "similarity",  # cosine with the question
    "passage_similarity",
    "coverage",  # share of the question's content words in it, weighted by how telling each is
    "near_coverage",  # the same with the sentence before and after
    "resolved_coverage",  # the same with the three before, where it says "he" or "they"
    "passage_coverage",
    "context_coverage",  # of what the question takes from the conversation
    "bm25_like",  # weight of the shared words, falling with the sentence's length
    "reciprocal_rank",  # of its passage
    "holds_type",  # has a name, time, number … as the question asks; 0 where it asks for none
    "lacks_type",
    "starts_in_the_air",  # opens with a pronoun
    "is_heading",
    "is_short",  # fewer than five words
    "log_words",
)
READER_SENTENCE_FEATURES = (
    "reader_share",  # log of its share of the reader's belief in all that was read
)
FOLLOW_UP_SENTENCE_FEATURES = (
    "said_before",  # in the answer before
    "near_before",  # stands near what the turn before spoke of
    "in_document_before",  # that it spoke of
)
ANSWER_FEATURES = (
    "similarity",  # of the best sentence
    "passage_similarity",  # of the best passage
    "coverage",  # of the sentences chosen
    "passage_coverage",  # of their passages
    "found_coverage",  # of all that was found
    "missing",  # weighted share of content words that no passage has
    "missing_names",  # share of the question's names and numbers not in the chosen passages
    "holds_type",
    "lacks_type",
    "best_score",
    "margin",  # over the best sentence of another passage
    "agreement",  # the best by meaning is the best by words
    "few_terms",  # one over the number of content words
)

READ_ANSWER_FEATURES = (
    "similarity",  # of the best passage, times ``several_documents``
    "several_documents",  # 1 - 1 / number of documents found: 0 where there is only one
    "reader_answerable",  # log odds of the passage that the reader most believes to answer
)
"""In place of the others, with a reader: it knows better, and those that count words then mislead
where a question is put in other words than the text's. Similarity tells that the right document is
among many, and inside one document nothing (docs/decisions/refusing.md)."""
LEAST_SHARE = 1e-3
"""Added to each share: what the reader believes less is as good as nothing."""
UNREAD = -12.0
"""Log odds that something answers where the reader read nothing."""
NO_RIVAL = 2.0
"""The margin of the best sentence where no other passage has one."""
_PRONOUN = re.compile(r"\b(he|she|they|his|her|hers|their|him|them|its?|who)\b", re.IGNORECASE)

_REPLY = re.compile(
    r"\W*(yes|no|not (yet|always|really|at all)|never|always|sometimes|maybe|perhaps|of course"
    r"|certainly|absolutely|sure)\W*",
    re.IGNORECASE,
)

_SPEAKER = re.compile(r"[A-ZÀ-Þ][\w’'.-]*+(?: [A-ZÀ-Þ][\w’'.-]*+){0,2}+:\s+")
"""“Ben: ” in what was said at a meeting; “Pets: ” in a list is none."""


def said_by_itself(sentence: Sentence) -> str:
    """Its text, without the name of who says it."""
    is_talk = sentence.kind is BlockKind.PARAGRAPH
    return _SPEAKER.sub("", sentence.text, count=1) if is_talk else sentence.text


def replies(sentence: Sentence) -> bool:
    """Whether it is one of ``is_reply``, whoever says it."""
    return is_reply(said_by_itself(sentence))


def is_reply(text: str) -> bool:
    """Whether a sentence only says yes or no, and says it of what stands around it.

    >>> is_reply("Not yet."), is_reply("No pets.")
    (True, False)
    """
    return bool(_REPLY.fullmatch(text))


def sentence_features(question: Question, found: Found, readings: Readings | None) -> Matrix:
    """One row of ``SENTENCE_FEATURES`` for each of ``found.sentences``.

    With ``readings`` (by passage id) the ``READER_SENTENCE_FEATURES`` follow in the same row, and
    for a follow-up the ``FOLLOW_UP_SENTENCE_FEATURES``.
    """
    rows = [_sentence_row(question, found, i) for i in range(len(found.sentences))]
    matrix = np.array(rows, np.float64).reshape(len(rows), len(SENTENCE_FEATURES))
    if readings is None:
        return matrix
    shares = np.array(_reader_shares(found.sentences, readings), np.float64)
    matrix = np.hstack([matrix, np.log(shares + LEAST_SHARE).reshape(len(rows), 1)])
    if not question.is_follow_up:
        return matrix
    return np.hstack([matrix, _follow_up_rows(question, found)])


def _follow_up_rows(question: Question, found: Found) -> Matrix:
    """``FOLLOW_UP_SENTENCE_FEATURES`` of each sentence."""
    before = last_turn(question, found.sentences)
    rows = [
        (i in before.said, before.is_near(s), s.hit.passage.document_id in before.documents)
        for i, s in enumerate(found.sentences)
    ]
    return np.array(rows, np.float64).reshape(len(rows), len(FOLLOW_UP_SENTENCE_FEATURES))


def _sentence_row(question: Question, found: Found, i: int) -> tuple[float, ...]:
    s, weights = found.sentences[i], found.weights
    near = s.terms | _neighbour(found.sentences, i, -1) | _neighbour(found.sentences, i, +1)
    matched = sum(weights.get(t, 0.0) for t in question.terms if t in s.terms)
    typed = question.answer_type not in (AnswerType.ANY, AnswerType.YES_NO)
    has = holds(question.answer_type, s.text)
    words = len(s.text.split())
    return (
        s.similarity,
        s.hit.similarity,
        coverage(question.terms, weights, s.terms),
        coverage(question.terms, weights, near),
        coverage(question.terms, weights, _resolved(found.sentences, i)),
        coverage(question.terms, weights, found.passage_terms[s.hit.passage.id]),
        coverage(question.context, weights, near),
        matched / (1 + words / 25),
        1 / s.hit.rank,
        float(typed and has),
        float(typed and not has),
        float(starts_in_the_air(s.text)),
        float(s.kind is BlockKind.HEADING),
        float(words < 5),
        float(np.log1p(words)),
    )


def _reader_shares(sentences: Sequence[Sentence], readings: Readings) -> list[float]:
    """For each sentence, its part of the odds that the reader gives to all of them; 0 if unread."""
    odds = []
    for place, s in places_in_passage(sentences):
        reading = readings.get(s.hit.passage.id)
        odds.append(_odds(reading.answerable) * reading.masses[place] if reading else 0.0)
    total = sum(odds)
    return [x / total if total else 0.0 for x in odds]


def answer_features(  # noqa: PLR0913, PLR0917 - all that is known of an answer
    question: Question,
    found: Found,
    scores: Sequence[float],
    chosen: Sequence[Sentence],
    names: Sequence[str],
    readings: Readings | None,
) -> Matrix:
    """``ANSWER_FEATURES`` of an answer made of ``chosen``; ``READ_ANSWER_FEATURES`` with readings.

    Args:
        question: what was asked.
        found: what was found, with at least one sentence.
        scores: of each of ``found.sentences``.
        chosen: the sentences of the answer, at least one.
        names: stems of the names and numbers in the question.
        readings: by passage id; None without a reader.
    """
    if readings is not None:
        return _read_answer(found, readings)
    passages = found.passage_terms
    best = int(np.argmax(scores))
    home = found.sentences[best].hit.passage.id
    rivals = [x for x, s in zip(scores, found.sentences, strict=True) if s.hit.passage.id != home]
    here = frozenset().union(*(passages[s.hit.passage.id] for s in chosen))
    anywhere = frozenset().union(*passages.values())
    typed = question.answer_type not in (AnswerType.ANY, AnswerType.YES_NO)
    has = any(holds(question.answer_type, s.text) for s in chosen)
    nearest = max(range(len(found.sentences)), key=lambda i: found.sentences[i].similarity)
    worded = max(found.hits, key=lambda hit: hit.bm25)
    terms, weights = question.terms, found.weights
    return np.array(
        (
            max(s.similarity for s in found.sentences),
            max(hit.similarity for hit in found.hits),
            coverage(terms, weights, frozenset().union(*(s.terms for s in chosen))),
            coverage(terms, weights, here),
            coverage(terms, weights, anywhere),
            coverage(terms, weights, found.missing),
            sum(n not in here for n in names) / len(names) if names else 0.0,
            float(typed and has),
            float(typed and not has),
            scores[best],
            scores[best] - max(rivals, default=scores[best] - NO_RIVAL),
            float(found.sentences[nearest].hit.passage.id == worded.passage.id),
            1 / max(len(terms), 1),
        ),
        np.float64,
    )


def _read_answer(found: Found, readings: Readings) -> Matrix:
    """``READ_ANSWER_FEATURES``: the same for each answer made of what was found."""
    several = 1 - 1 / len({hit.passage.document_id for hit in found.hits})
    similarity = max(hit.similarity for hit in found.hits)
    answerable = max((reading.answerable for reading in readings.values()), default=UNREAD)
    return np.array((similarity * several, several, answerable), np.float64)


def sigmoid(log_odds: float) -> float:
    """Log odds as a chance, 0 to 1."""
    return 1 / (1 + _odds(-log_odds))


def _odds(log_odds: float) -> float:
    return math.exp(max(min(log_odds, 50.0), -50.0))


def name_terms(text: str, terms: Terms) -> tuple[str, ...]:
    """Stems of the names and numbers in a question; its first word does not count."""
    words = re.findall(r"[\w’'-]+", text)
    named = [w for i, w in enumerate(words) if w[0].isdigit() or (i and w[0].isupper())]
    return content_terms(" ".join(named), terms)


def _resolved(sentences: Sequence[Sentence], i: int) -> frozenset[str]:
    """Terms of sentence ``i``; where it has a pronoun, also of what the pronoun may stand for."""
    terms = sentences[i].terms
    if _PRONOUN.search(sentences[i].text):
        for step in range(1, LOOK_BACK + 1):
            terms |= _neighbour(sentences, i, -step)
    return terms


def _neighbour(sentences: Sequence[Sentence], i: int, step: int) -> frozenset[str]:
    j = i + step
    if 0 <= j < len(sentences) and sentences[j].hit.passage.id == sentences[i].hit.passage.id:
        return sentences[j].terms
    return frozenset()
