"""The measures of one case: pure functions over plain values, each with its source.

``eval/score.py`` feeds them from a case and its answer; ``eval/aggregate.py`` has the measures
that only a whole set of cases has.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from string import punctuation

Found = Sequence[Collection[int]]
"""For each hit, best first, the numbers of the evidence that it matches."""

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_JOINT = re.compile(r"(?<=\w)[-‐‑‒–—―/](?=\w)")
_POINT = re.compile(r"(?<=\d)[.,](?=\d)")
_MARKER = re.compile(r"\s*\[\d+\]")
_MARKED_END = re.compile(r"(?<=[.!?…”\"»])((?:\s*\[\d+\])+)\s+")
"""Markers after the end of a sentence or of a quotation: what follows is another sentence."""


def hit_at_k(found: Found, k: int) -> float:
    """1 when one of the first ``k`` hits matches an evidence, else 0. Also called success@k.

    Source: ir-measures, "Success"; Manning, Raghavan and Schütze, *Introduction to Information
    Retrieval*, chapter 8.

    >>> hit_at_k([(), (2,)], k=1), hit_at_k([(), (2,)], k=2)
    (0.0, 1.0)
    """
    return float(any(found[:k]))


def recall_at_k(found: Found, evidence: int, k: int) -> float:
    """The share of ``evidence`` pieces (1 or more) that the first ``k`` hits match.

    Source: *Introduction to Information Retrieval*, chapter 8.3, with pieces of evidence in the
    place of relevant documents.

    >>> recall_at_k([(1,), (1, 3)], evidence=4, k=5)
    0.5
    """
    return len(set().union(*found[:k])) / evidence


def reciprocal_rank(found: Found) -> float:
    """1 / rank of the first hit that matches an evidence, 0 when none does.

    Its mean over cases is MRR. Source: Voorhees, *The TREC-8 Question Answering Track Report*,
    1999.

    >>> reciprocal_rank([(), (), (1,)])
    0.3333333333333333
    """
    return next((1 / rank for rank, matches in enumerate(found, start=1) if matches), 0.0)


def ndcg_at_k(found: Found, evidence: int, k: int) -> float:
    """Normalised discounted cumulative gain of the first ``k`` hits, 0 to 1.

    The gain of a hit is the number of pieces that no hit before it matched, so that several
    passages with the same piece are not paid twice; the ideal has one new piece at each rank,
    and an order that beats it (two pieces in the first hit) counts as 1.

    Source: Järvelin and Kekäläinen, *Cumulated gain-based evaluation of IR techniques*, 2002;
    new pieces as gain from Clarke et al., *Novelty and diversity in information retrieval
    evaluation*, 2008.

    >>> ndcg_at_k([(), (1,)], evidence=1, k=10)  # 1/log2(3) over 1/log2(2)
    0.6309297535714575
    """
    known: set[int] = set()
    gain = 0.0
    for rank, matches in enumerate(found[:k], start=1):
        gain += len(set(matches) - known) / math.log2(rank + 1)
        known.update(matches)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(evidence, k) + 1))
    return min(1.0, gain / ideal)


def normalise(text: str) -> list[str]:
    """The words of an answer without case, punctuation and articles.

    Source: SQuAD's official evaluation script (Rajpurkar et al., 2016), which removes ASCII
    punctuation; here that of other scripts and typographic quotes goes too, so that ``Draghi's``
    and ``Draghi’s`` are the same word. Full-width and ligature forms are folded (NFKC).

    >>> normalise("The “Five-Star” Movement, an ally.")
    ['fivestar', 'movement', 'ally']
    """
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(character for character in folded if not _is_punctuation(character))
    return _ARTICLES.sub(" ", kept).split()


def contains_answer(text: str, answers: Iterable[str]) -> float:
    """1 when the words of one of the answers stand in ``text`` one after the other, else 0.

    Words and not characters, so that "28" is not found in "1828". Unlike SQuAD's words, those on
    both sides of a dash or slash are two ("2010–2015"), and a number keeps its point ("3.5").

    >>> contains_answer("At 74 years old, he is tired.", ["74"])
    1.0
    """
    padded = f" {_words_apart(text)} "
    wanted = (_words_apart(answer) for answer in answers)
    return float(any(answer and f" {answer} " in padded for answer in wanted))


def exact_match(text: str, answers: Iterable[str]) -> float:
    """1 when ``text`` is one of the answers but for case, punctuation and articles, else 0.

    Source: SQuAD's official evaluation script.

    >>> exact_match("the Lega.", ["Lega", "M5S"])
    1.0
    """
    words = normalise(text)
    return float(any(words == normalise(answer) for answer in answers))


def token_f1(text: str, answers: Iterable[str]) -> float:
    """The best F1 of the words of ``text`` against those of an answer, 0 to 1.

    Source: SQuAD's official evaluation script.

    >>> token_f1("He stayed at home", ["stayed home"])  # precision 2/4, recall 2/2
    0.6666666666666666
    """
    words = normalise(text)
    return max((_f1(words, normalise(answer)) for answer in answers), default=0.0)


def character_share(covered: int, total: int) -> float:
    """``covered / total`` characters: citation precision and recall.

    Precision: characters of the citations that are evidence. Recall: characters of the evidence
    that are cited. Source: the span F1 of SQuAD on characters in the place of words; Gao et al.,
    *Enabling Large Language Models to Generate Text with Citations*, 2023, for the two names.

    >>> character_share(30, 40)
    0.75
    """
    return covered / total


def without_markers(text: str) -> str:
    """The answer's text without ``[1]``, ``[2]`` …

    >>> without_markers("He stayed at home [1].")
    'He stayed at home.'
    """
    return _MARKER.sub("", text)


def sentences(text: str) -> list[str]:
    """The sentences of ``text`` in order, each with the markers that follow it; none is blank.

    >>> len(sentences("Mr. Draghi is 74. [1] He is tired [2]."))
    2
    >>> len(sentences("It says: “He is 74.” [1] “He is tired.” [2]"))
    2
    """
    from sentencex import segment

    pieces: list[str] = []
    for piece in segment("en", _MARKED_END.sub(r"\1\n\n", text)):
        if _has_word(_MARKER.sub("", piece)):
            pieces.append(piece.strip())
        elif pieces and piece.strip():
            pieces[-1] += f" {piece.strip()}"
    return pieces


def share_with_citation(pieces: Sequence[str]) -> float:
    """The share of sentences (1 or more) that carry a ``[n]``.

    Source: the citation recall of ALCE (Gao et al., 2023) without its judge: whether the
    sentence is cited, not whether the passage supports it.

    >>> share_with_citation(["He is 74 [1].", "He is tired."])
    0.5
    """
    return sum(1 for piece in pieces if _MARKER.search(piece)) / len(pieces)


def _words_apart(text: str) -> str:
    parted = _JOINT.sub(" ", unicodedata.normalize("NFKC", text))
    numbers = _POINT.sub(lambda point: "\ue000" if point[0] == "." else "\ue001", parted)
    return " ".join(normalise(numbers))


def _f1(words: list[str], wanted: list[str]) -> float:
    if not words or not wanted:
        return float(words == wanted)
    common = (Counter(words) & Counter(wanted)).total()
    if not common:
        return 0.0
    precision, recall = common / len(words), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


@cache
def _is_punctuation(character: str) -> bool:
    return character in punctuation or unicodedata.category(character).startswith("P")


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text)
