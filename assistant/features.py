"""What is known of each sentence, and of the answer, as numbers. Pure; shared with the fitting.

``choose.py`` and ``refuse.py`` weigh these with the coefficients in ``coefficients.json``, which
``eval/fit.py`` fits on public data.
"""

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from assistant.question import AnswerType, Question, Terms, content_terms, holds
from index.types import BlockKind, Found, Sentence

Matrix = npt.NDArray[np.float64]

SENTENCE_FEATURES = (
    "similarity",  # cosine with the question
    "similarity_z",  # the same, standardised over the candidates
    "passage_similarity",
    "coverage",  # share of the question's content words in it, weighted by how telling each is
    "coverage_z",
    "near_coverage",  # the same with the sentence before and after
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

_AIR = re.compile(
    r"\W*(he|she|it|they|his|her|its|their|this|these|those|that|such|there|here|but|and|however|"
    r"moreover|also|thus|therefore|then|yet|so)\b",
    re.IGNORECASE,
)


def starts_in_the_air(text: str) -> bool:
    """Whether a sentence opens with a word that points at what stood before it."""
    return bool(_AIR.match(text))


def coverage(terms: Sequence[str], weights: Mapping[str, float], present: Collection[str]) -> float:
    """Weighted share of ``terms`` that are in ``present``, 0 to 1; 0 for no terms."""
    total = sum(weights.get(term, 0.0) for term in terms)
    if not total:
        return 0.0
    return sum(weights.get(term, 0.0) for term in terms if term in present) / total


def sentence_features(question: Question, found: Found) -> Matrix:
    """One row of ``SENTENCE_FEATURES`` for each of ``found.sentences``."""
    sentences = found.sentences
    passages = passage_terms(sentences)
    typed = question.answer_type not in (AnswerType.ANY, AnswerType.YES_NO)
    rows = []
    for i, s in enumerate(sentences):
        near = s.terms | _neighbour(sentences, i, -1) | _neighbour(sentences, i, +1)
        matched = sum(found.weights.get(t, 0.0) for t in question.terms if t in s.terms)
        has = holds(question.answer_type, s.text)
        words = len(s.text.split())
        rows.append(
            (
                s.similarity,
                0.0,
                s.hit.similarity,
                coverage(question.terms, found.weights, s.terms),
                0.0,
                coverage(question.terms, found.weights, near),
                coverage(question.terms, found.weights, passages[s.hit.passage.id]),
                coverage(question.context, found.weights, near),
                matched / (1 + words / 25),
                1 / s.hit.rank,
                float(typed and has),
                float(typed and not has),
                float(starts_in_the_air(s.text)),
                float(s.kind is BlockKind.HEADING),
                float(words < 5),
                float(np.log1p(words)),
            )
        )
    matrix = np.array(rows, np.float64).reshape(len(rows), len(SENTENCE_FEATURES))
    matrix[:, 1] = _standardised(matrix[:, 0])
    matrix[:, 4] = _standardised(matrix[:, 3])
    return matrix


def answer_features(
    question: Question,
    found: Found,
    scores: Sequence[float],
    chosen: Sequence[Sentence],
    names: Sequence[str],
) -> Matrix:
    """``ANSWER_FEATURES`` of an answer made of ``chosen``.

    Args:
        question: what was asked.
        found: what was found, with at least one sentence.
        scores: of each of ``found.sentences``.
        chosen: the sentences of the answer, at least one.
        names: stems of the names and numbers in the question.
    """
    passages = passage_terms(found.sentences)
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
            scores[best] - max(rivals, default=scores[best] - 2.0),
            float(found.sentences[nearest].hit.passage.id == worded.passage.id),
            1 / max(len(terms), 1),
        ),
        np.float64,
    )


def name_terms(text: str, terms: Terms) -> tuple[str, ...]:
    """Stems of the names and numbers in a question; its first word does not count."""
    words = re.findall(r"[\w’'-]+", text)
    named = [w for i, w in enumerate(words) if w[0].isdigit() or (i and w[0].isupper())]
    return content_terms(" ".join(named), terms)


def passage_terms(sentences: Sequence[Sentence]) -> dict[int, frozenset[str]]:
    """All terms of each passage, by passage id."""
    result: dict[int, frozenset[str]] = {}
    for s in sentences:
        result[s.hit.passage.id] = result.get(s.hit.passage.id, frozenset()) | s.terms
    return result


def _neighbour(sentences: Sequence[Sentence], i: int, step: int) -> frozenset[str]:
    j = i + step
    if 0 <= j < len(sentences) and sentences[j].hit.passage.id == sentences[i].hit.passage.id:
        return sentences[j].terms
    return frozenset()


def _standardised(values: Matrix) -> Matrix:
    if not len(values):
        return values
    scaled: Matrix = (values - values.mean()) / (values.std() + 1e-9)
    return scaled
