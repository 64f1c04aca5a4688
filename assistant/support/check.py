"""Whether the documents say what a written sentence says: supported, partly, or unsupported.

Local and without a second call of the language model. Exact things (numbers, names, quotations,
addresses) must be in the sentence that it rests on; the other words must mostly be; it must not
turn a "not" round. A judge, where there is one, is asked about meaning and can raise or lower what
words alone would say, but never lets a wrong number or name pass.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Protocol

from assistant.support.align import (
    Alignment,
    Candidate,
    align,
    candidates_of,
    exact_stems,
    shared_pairs,
    shared_words,
    shown_words,
    without_frame,
)
from assistant.support.attached import other_number, other_owner, other_place, other_whole
from assistant.support.clauses import scattered
from assistant.support.differences import other_acts, other_sides, put_in, repeated
from assistant.support.piece import is_beside, is_piece
from assistant.support.roles import exchanged, made_one, made_to_act, other_subject
from assistant.support.turned import turned_words
from assistant.types import Verdict
from assistant.understand.question import Terms, content_terms
from assistant.wording import claims, quantities
from index.types import Sentence

SUPPORTED_FROM = 1.0
"""Share of a sentence's words that must be covered without a judge."""
SUPPORTED_IF_JUDGED = 0.5
"""The same where the judge is sure."""
FEW_WORDS = 4
"""A beginning of so many words of a longer sentence says nothing yet: “Eager to exploit”."""
CLOSE_FROM = 0.7
PARTLY_FROM = 0.5
SURE = 0.9
DOUBTFUL = 0.3
"""A judge's chance below this takes "supported" away."""


_ABOUT_ITSELF = re.compile(
    r"(?:the|this) (?:\w+ )?(article|document|text|passage|author|writer|report|piece|question|"
    r"answer)\b",
    re.IGNORECASE,
)
"""How a sentence opens that is about the text and does not report it."""


_MUST_GO_ON = re.compile(
    r"\b(?:the|an?|and|or|than|of|(?:is|are|was|were) (?:causing|making|giving))\W*$"
    r"|\bone of the (?:first|last|few|only|most|\w+est) (?:in|on|at|to|by|from)\b",
    re.IGNORECASE,
)
_NO_CLAIM = re.compile(r"(?:[\W\d]|\b(?:yes|no|true|false)\b)*", re.IGNORECASE)
"""Says something only about the question, or nothing: that a document has it proves nothing."""
_MAY_END_BEFORE = re.compile(r"\s*[^\w\s]|\s+(?:and|but|or|which|who|while|whereas|because)\b")
"""What a sentence may be cut off before and still say something whole."""


class SupportJudge(Protocol):
    """Anything that tells whether a passage supports a sentence, by meaning."""

    def support(self, passages: Sequence[str], sentences: Sequence[str]) -> list[float]:
        """For each pair, the chance (0 to 1) that the passage supports the sentence.

        Raises:
            ModelError: it cannot tell, now or ever.
        """


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check of one sentence found."""

    verdict: Verdict
    missing: tuple[str, ...]
    """What its support lacks, as written: numbers and names first, then other words."""
    support: tuple[Sentence, ...]
    """The sentences of the documents that it rests on, best first; empty if unsupported."""
    score: float
    """0 to 1, higher is better supported; for ranking, not a chance."""
    is_close: bool = False
    """Partly supported, and all that is missing is a few ordinary words: most likely synonyms."""
    left_out: tuple[str, ...] = ()
    """Words of the support that it leaves out and that change what is said, such as "not"."""


class Checker:
    """Checks the sentences of one answer against what was found for it."""

    def __init__(
        self,
        sentences: Sequence[Sentence],
        terms: Terms,
        judge: SupportJudge | None = None,
        question: str = "",
    ) -> None:
        """
        Args:
            sentences: all of the retrieved passages, in order of passage and then of place.
            terms: the index's stemmer.
            judge: asked about meaning; None for words alone.
            question: what the sentences answer, with what it refers to; empty if not known.
        """
        self._terms = terms
        self._judge = judge
        self._question = question
        self._asked = frozenset(content_terms(question, terms))
        self._candidates = candidates_of(sentences, terms)
        self._keys = [_key(c.plain) for c in self._candidates]
        self._whole = dict(zip(reversed(self._keys), reversed(self._candidates), strict=True))
        self._titles = {s.hit.passage.title for s in sentences}
        self._lower_case = frozenset(
            word for c in self._candidates for word in claims.words(c.plain) if word.islower()
        )

    def check(self, text: str, cited: Collection[int] = ()) -> Finding:
        """The finding for one written sentence.

        Args:
            text: plain, without markers.
            cited: ids of the passages that the model put to it.
        """
        bare = without_frame(text, self._titles)
        verbatim = () if _NO_CLAIM.fullmatch(bare) else self._verbatim(bare)
        if verbatim:
            return Finding(Verdict.SUPPORTED, (), verbatim, 1.0)
        asked = self._asked if is_piece(bare) else frozenset[str]()
        alignment = align(bare, self._candidates, cited, self._terms, asked)
        exact = self._exact_misses(bare, alignment)
        if not exact:
            alignment = self._with_exact_words(bare, alignment)
        alignment = self._in_one_place(bare, alignment)
        turned = self._turned(bare, alignment)
        chance = self._judged(bare, alignment)
        verdict = _verdict(bare, alignment, [*exact, *turned], chance)
        if verdict is Verdict.SUPPORTED and asked and self._is_beside(bare, alignment):
            verdict = Verdict.PARTLY
        words = shown_words(bare, alignment.uncovered, self._terms)
        left_out = [word for word in turned if not _has(bare, word)]
        wrong = [word for word in turned if word not in left_out]
        missing = tuple(dict.fromkeys([*exact, *wrong, *words]))
        support = tuple(c.sentence for c in alignment.support)
        return Finding(
            verdict,
            () if verdict is Verdict.SUPPORTED else missing,
            support if verdict is not Verdict.UNSUPPORTED else (),
            self._score(bare, alignment, exact, turned, chance),
            is_close=verdict is Verdict.PARTLY
            and not (exact or turned)
            and alignment.coverage >= CLOSE_FROM,
            left_out=() if verdict is Verdict.SUPPORTED else tuple(dict.fromkeys(left_out)),
        )

    def _is_beside(self, text: str, alignment: Alignment) -> bool:
        """Whether nothing shows that a piece answers the question."""
        there = frozenset[str]().union(*(c.sentence.terms for c in alignment.support))
        return is_beside(text, self._question, there, self._terms)

    def _verbatim(self, text: str) -> tuple[Sentence, ...]:
        """The sentence, or run of two, that ``text`` repeats word for word."""
        key = _key(quantities.plain(text))
        if found := self._whole.get(key):
            return (found.sentence,)
        for place, (first, second) in enumerate(pairwise(self._keys)):
            if key == f"{first} {second}".strip():
                return tuple(c.sentence for c in self._candidates[place : place + 2])
        return ()

    def _exact_misses(self, text: str, alignment: Alignment) -> list[str]:
        """Numbers, names, quotations and addresses of ``text`` that its support lacks."""
        support = "\n".join(c.plain for c in alignment.support)
        said = claims.names(text, self._lower_case)
        misses = [
            *quantities.missing_numbers(quantities.numbers(text), quantities.numbers(support)),
            *self._missing_names(said, alignment, support),
            *(a for a in claims.addresses(text) if a not in support),
            *(q for q in claims.quotations(text) if _key(q) not in _key(support)),
        ]
        if about := _ABOUT_ITSELF.match(text):
            misses += [about.group(1)] * (not _named(about.group(1), support))
        if alignment.support:
            misses += put_in(text, alignment.support[0].plain, self._terms)
            misses += repeated(text, [c.plain for c in alignment.support], self._terms)
            misses += ["?"] * alignment.support[0].plain.rstrip("”\"') ").endswith("?")
        if not misses and alignment.support:
            misses += exchanged(text, alignment.support[0].plain, self._terms)
        return misses

    def _turned(self, text: str, alignment: Alignment) -> list[str]:
        """Words by which ``text`` says something else than the sentence it rests on."""
        if not alignment.support:
            return []
        there = alignment.support[0].plain
        return [
            *turned_words(text, there, self._terms),
            *made_to_act(text, there),
            *made_one(text, there, self._terms),
            *other_subject(text, there),
            *other_sides(text, there),
            *other_acts(text, there, self._terms),
            *other_place(text, there),
            *other_whole(text, there, self._terms),
            *other_owner(text, there),
            *other_number(text, there, self._terms),
        ]

    def _with_exact_words(self, text: str, alignment: Alignment) -> Alignment:
        """``alignment`` with its numbers and names, all found, as covered: they may be written in
        another way there, or stand for a pronoun.
        """
        covered = exact_stems(text, self._terms)
        left = tuple(stem for stem in alignment.uncovered if stem not in covered)
        return replace(alignment, uncovered=left)

    def _in_one_place(self, text: str, alignment: Alignment) -> Alignment:
        """``alignment`` with words that stand apart from the rest of their clause as uncovered."""
        supports = [c.plain for c in alignment.support]
        loose = scattered(text, supports, exact_stems(text, self._terms), self._terms)
        uncovered = {*alignment.uncovered, *loose}
        left = tuple(stem for stem in alignment.content if stem in uncovered)
        return replace(alignment, uncovered=left)

    def _missing_names(self, said: Sequence[str], alignment: Alignment, support: str) -> list[str]:
        """Names that the support lacks; one that its pronoun stands for is not lacking."""
        extra = claims.extra_names(said, support)
        if not extra or not alignment.support:
            return extra
        best = alignment.support[0]
        known = {claims.name_key(name) for name in said}
        others = [
            name
            for name in claims.agents(best.plain)
            if claims.name_key(name) not in known and name.lower() not in self._lower_case
        ]
        if others or not claims.has_pronoun(best.plain):
            return extra
        meant = {claims.name_key(name) for name in self._antecedent(best)}
        return [name for name in extra if claims.name_key(name) not in meant]

    def _antecedent(self, candidate: Candidate) -> list[str]:
        """Who a pronoun of ``candidate`` stands for: the first name of the nearest sentence before
        it that has any.
        """
        lines = reversed(candidate.before.split("\n"))
        found = (claims.first_name(line, self._names) for line in lines)
        return next(filter(None, found), [])

    @cached_property
    def _names(self) -> frozenset[str]:
        """Keys of the words that are capitalised inside a sentence somewhere."""
        inside = (c.plain.partition(" ")[2] for c in self._candidates)
        return frozenset(claims.name_key(name) for text in inside for name in claims.names(text))

    def _judged(self, text: str, alignment: Alignment) -> float | None:
        if self._judge is None or not alignment.support:
            return None
        passage = alignment.support[0].sentence.hit.passage.text
        joined = " ".join(c.sentence.text for c in alignment.support)
        return max(self._judge.support([passage, joined], [text, text]))

    def _score(
        self,
        text: str,
        alignment: Alignment,
        exact: Sequence[str],
        turned: Sequence[str],
        chance: float | None,
    ) -> float:
        """Words, pairs of words, and what counts against it. The weights are round numbers set by
        reasoning: fitted ones did worse on other data (docs/decisions/checking-written-answers.md).
        """
        words = shared_words(text, alignment.support, self._terms)
        pairs = shared_pairs(text, alignment.support, self._terms)
        score = (0.5 * alignment.coverage + 0.5 * words + 0.3 * pairs) / 1.3
        score -= 0.25 * bool(exact) + 0.1 * bool(turned) + 0.02 * len(alignment.uncovered)
        score -= 0.15 * claims.speaks_of_itself(text) + 0.15 * ("?" in text)
        if chance is not None:
            score = (score + chance) / 2
        return min(max(score, 0.0), 1.0)


def _verdict(
    text: str, alignment: Alignment, wrong: Sequence[str], chance: float | None
) -> Verdict:
    coverage = alignment.coverage
    if not alignment.support or "?" in text or _is_first_person(text, alignment):
        return Verdict.UNSUPPORTED
    if _says_nothing(text, alignment.support[0].plain):
        return Verdict.UNSUPPORTED
    if wrong:
        return Verdict.PARTLY if coverage >= PARTLY_FROM else Verdict.UNSUPPORTED
    if chance is not None:
        is_sure = chance >= SURE and coverage >= SUPPORTED_IF_JUDGED
        if is_sure or (chance >= DOUBTFUL and coverage >= SUPPORTED_FROM):
            return Verdict.SUPPORTED
    elif coverage >= SUPPORTED_FROM and len(alignment.content) > 1:
        return Verdict.SUPPORTED
    return Verdict.PARTLY if coverage >= PARTLY_FROM else Verdict.UNSUPPORTED


def _is_first_person(text: str, alignment: Alignment) -> bool:
    """Whether it says "I", "we" or "you" where its support does not."""
    there = "\n".join(c.plain for c in alignment.support)
    return not claims.persons(text) <= claims.persons(there)


def _has(text: str, words: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE))


def _named(noun: str, there: str) -> bool:
    """Whether ``there`` speaks of such a thing: “to answer” is no answer."""
    named = rf"\b(?:the|this|an?|his|her|its|their) (?:\w+ )?{re.escape(noun)}\b"
    return bool(re.search(named, there, re.IGNORECASE))


def _says_nothing(text: str, there: str) -> bool:
    return bool(
        _NO_CLAIM.fullmatch(text) or claims.goes_in_circles(text) or _breaks_off(text, there)
    )


def _breaks_off(text: str, there: str) -> bool:
    """Whether it ends on a word that must go on, or is the beginning of ``there``, without an end,
    and no mere name: “Eager to exploit”.
    """
    if _MUST_GO_ON.search(text):
        return True
    said, whole = _key(quantities.plain(text)), _key(there)
    if claims.has_end(text) or len(whole) == len(said) or not whole.startswith(said):
        return False
    if len(text.split()) > FEW_WORDS and _MAY_END_BEFORE.match(whole, len(said)):
        return False
    known = {*claims.names(text), *(number.shown for number in quantities.numbers(text))}
    return any(w not in known and w.lower() not in claims.SMALL for w in claims.words(text))


def _key(text: str) -> str:
    """Text as it is compared word for word: small letters, no punctuation at the ends."""
    return quantities.plain(text).lower().strip(" .,;:!?\"'()[]")
