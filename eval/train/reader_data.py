"""What the reader is trained on: public questions and claims, and near misses made from them.

The few unanswerable questions that annotators wrote are worth most, so more of their kinds are
made here from answerable ones: a name, number or noun swapped for a near one (in the question, or
in the passage, so that the question alone never tells), an opposite, a negation, and the passage
without the sentence that answers. Claims (supported or not) are changed in the same ways.
"""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from eval.train.reader_words import NearWords, negated, opposite
from index.chunk import split_sentences


class Task(StrEnum):
    """What is asked of the reader."""

    ANSWER = "answer"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Item:
    """A question or a claim on a passage."""

    task: Task
    text: str
    """The question, or the claim."""
    passage: str
    positive: bool
    """The passage answers the question, or supports the claim."""
    start: int | None = None
    """Offset of the answer in the passage; None for none, and for claims."""
    end: int | None = None
    group: str = ""
    """The article or document it comes from."""
    kind: str = ""
    """How an unanswerable question came to be, as the data says."""
    is_known: bool = True
    """Whether ``positive`` is worth anything; else only a teacher can tell."""


Sets = Mapping[str, Sequence[Item]]

ANSWER_SHARES = {
    "squad2_train_part": 1.0,
    "squad1_train_part": 0.8,
    "squadshifts_new_wiki": 0.7,
    "nq_open_oracle": 1.0,
    "hotpotqa_part": 0.6,
    "musique_part": 0.7,
    "squadshifts_amazon": 0.12,
    "squadshifts_reddit": 0.12,
    "covid_qa": 0.3,
    "bioasq_golden": 0.5,
    "qamr": 0.5,
    "sleepqa": 0.5,
    "policyqa_test": 1.0,
    "quoref_test_part": 1.0,
    "tatqa_part": 1.0,
}
"""Share of each set of questions in the easy part."""
SUPPORT_SHARES = {
    "fever_labs": 0.6,
    "fever_rte_dev": 1.0,
    "fever_symmetric": 1.0,
    "mnli_dev": 0.5,
    "snli_dev": 0.12,
    "cad_nli": 0.45,
    "conjnli": 1.0,
    "conjnli_auto": 0.25,
    "breaking_nli": 0.2,
    "summedits": 1.0,
    "wice": 1.0,
    "entailment_bank": 1.0,
}
"""Share of each set of claims in the easy part."""
OWN = "squad2_dev_half"
"""The annotators' own questions, with near misses among them."""

CHANGED = 0.36
"""Share of answerable questions that become near misses."""
CLAIM_CHANGED = 0.15
CLAIM_PADDED = 0.35
"""Share of claims whose short passage is put among sentences of another: in use it is long."""
TRIMMED_WORDS = 110
"""Longer passages are cut to sentences around the answer in the easy part: it halves the time."""
COPIED = 0.04
"""Share of questions that become claims: a sentence of the passage word for word, or changed."""


def load_sets(data: Path, split: str) -> tuple[dict[str, list[Item]], dict[str, list[Item]]]:
    """The questions and the claims of one split (``train`` or ``valid``), by set."""
    questions: dict[str, list[Item]] = {}
    for d in lines_of(data / "reader.jsonl.gz", split):
        end = None if d["start"] is None else d["start"] + len(d["answer"])
        place = (end is not None, d["start"], end)
        item = Item(Task.ANSWER, d["question"], d["passage"], *place, d["group"], d["kind"])
        questions.setdefault(d["set"], []).append(item)
    claims: dict[str, list[Item]] = {}
    for d in lines_of(data / "support.jsonl.gz", split):
        supported = d["label"] == "supported"
        item = Item(Task.SUPPORT, d["sentence"], d["passage"], supported, group=d["group"])
        claims.setdefault(d["set"], []).append(item)
    return questions, claims


def lines_of(path: Path, split: str) -> Iterable[dict[str, Any]]:
    """The rows of one split of a compressed file of public data."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            d = json.loads(line)
            if d["split"] == split:
                yield d


def easy_part(questions: Sets, claims: Sets, near: NearWords, seed: int) -> list[Item]:
    """The easy and plentiful: a share of each set, some items turned into near misses."""
    dice = random.Random(seed)  # noqa: S311 - not for security
    change = NearMisses(questions, near, dice)
    items = [
        change(trimmed(item, dice))
        for shares, sets in ((ANSWER_SHARES, questions), (SUPPORT_SHARES, claims))
        for name, share in shares.items()
        for item in sample(sets.get(name, []), share, dice)
    ]
    dice.shuffle(items)
    return items


def sample(items: Sequence[Item], share: float, dice: random.Random) -> list[Item]:
    """A share of the items, 0 to 1, in random order."""
    return dice.sample(list(items), min(int(len(items) * share), len(items)))


def trimmed(item: Item, dice: random.Random) -> Item:
    """The item with at most about ``TRIMMED_WORDS`` words of its passage, the answer among them."""
    spans = split_sentences(item.passage)
    first = last = dice.randrange(len(spans)) if spans else 0
    if item.start is not None and item.end is not None:
        inside = [k for k, (a, b) in enumerate(spans) if a < item.end and b > item.start]
        first, last = inside[0], inside[-1]
    if len(item.passage.split()) <= TRIMMED_WORDS or not spans:
        return item
    while first > 0 or last < len(spans) - 1:
        before = first > 0 and (last == len(spans) - 1 or dice.random() < 0.5)
        wider = (first - 1, last) if before else (first, last + 1)
        if len(item.passage[spans[wider[0]][0] : spans[wider[1]][1]].split()) > TRIMMED_WORDS:
            break
        first, last = wider
    return cut_out(item, spans[first][0], spans[last][1])


def cut_out(item: Item, begin: int, end: int) -> Item:
    """The item with only that part of its passage; the answer, if there is one, is in it."""
    moved = [None if at is None else at - begin for at in (item.start, item.end)]
    return replace(item, passage=item.passage[begin:end], start=moved[0], end=moved[1])


class NearMisses:
    """Turns some items into near misses, the others it gives back as they are."""

    def __init__(self, questions: Sets, near: NearWords, dice: random.Random) -> None:
        self._near = near
        self._dice = dice
        self._passages = [item.passage for items in questions.values() for item in items[:200]]
        self._names: dict[str, list[str]] = {}
        for items in questions.values():
            for item in items:
                self._names.setdefault(item.group, []).extend(names_in(item.text))

    def __call__(self, item: Item) -> Item:
        """``item``, or what was made of it."""
        throw = self._dice.random()
        if item.task is Task.SUPPORT:
            item = self._padded(item) if throw < CLAIM_PADDED else item
            changed = item.positive and self._dice.random() < CLAIM_CHANGED
            return self._swapped(item) if changed else item
        if throw < COPIED:
            return self._copied(item)
        if not item.positive or throw > COPIED + CHANGED:
            return item
        kinds: tuple[tuple[Callable[[Item], Item], int], ...] = (
            (self._without_answer_sentence, 30),
            (self._swapped, 30),
            (self._swapped_in_passage, 25),
            (self._opposite, 10),
            (self._negated, 5),
        )
        makers, weights = zip(*kinds, strict=True)
        make: Callable[[Item], Item] = self._dice.choices(makers, weights)[0]
        return make(item)

    def _copied(self, item: Item) -> Item:
        spans = [(a, b) for a, b in split_sentences(item.passage) if b - a > 30]
        if not spans:
            return item
        a, b = self._dice.choice(spans)
        claim = Item(Task.SUPPORT, item.passage[a:b], item.passage, True, group=item.group)
        return self._swapped(claim) if self._dice.random() < 0.5 else claim

    def _padded(self, item: Item) -> Item:
        if len(item.passage.split()) > 60 or not self._passages:
            return item
        other = self._dice.choice(self._passages)
        spans = split_sentences(other)[:4]
        at = self._dice.randint(0, len(spans))
        sentences = [other[a:b] for a, b in spans]
        passage = " ".join([*sentences[:at], item.passage, *sentences[at:]])
        return replace(item, passage=passage)

    def _without_answer_sentence(self, item: Item) -> Item:
        answer = item.passage[item.start : item.end].lower()
        spans = split_sentences(item.passage)
        kept = [(a, b) for a, b in spans if answer not in item.passage[a:b].lower()]
        if len(kept) < 2 or len(kept) == len(spans):
            return item
        return _miss(replace(item, passage=" ".join(item.passage[a:b] for a, b in kept)))

    def _swapped(self, item: Item) -> Item:
        """A name, number or noun of the question or claim that the passage has, for another."""
        shared = [w for w in _swappable(item.text) if w.lower() in item.passage.lower()]
        swap = self._swap(shared, item)
        return _miss(replace(item, text=item.text.replace(*swap))) if swap else item

    def _swapped_in_passage(self, item: Item) -> Item:
        """The same in the passage: what the question names is not there any more."""
        answer = item.passage[item.start : item.end]
        shared = [w for w in _swappable(item.text) if w in item.passage and w not in answer]
        swap = self._swap(shared, item)
        return _miss(replace(item, passage=item.passage.replace(*swap))) if swap else item

    def _opposite(self, item: Item) -> Item:
        text = opposite(item.text, self._dice)
        return item if text is None else _miss(replace(item, text=text))

    def _negated(self, item: Item) -> Item:
        text = negated(item.text)
        return item if text is None else _miss(replace(item, text=text))

    def _swap(self, words: Sequence[str], item: Item) -> tuple[str, str] | None:
        """One of ``words`` and what to put in its place; None where nothing fits."""
        for old in self._dice.sample(list(words), min(3, len(words))):
            new = self._other(old, item.group)
            if new and new.lower() not in f"{item.passage} {item.text}".lower():
                return old, new
        return None

    def _other(self, old: str, group: str) -> str | None:
        if old[0].isdigit():
            return _other_number(old, self._dice)
        if old[0].isupper() and self._dice.random() < 0.6:
            others = [n for n in self._names.get(group, []) if n != old and not n[0].isdigit()]
            if others:
                return self._dice.choice(others)
        near = self._near.of(old.lower())
        if not near:
            return None
        new = self._dice.choice(near)
        return new.capitalize() if old[0].isupper() else new


def names_in(text: str) -> list[str]:
    """Capitalised names and numbers of a question; its first word does not count."""
    return re.findall(r"(?<=\s)(?:[A-Z][\w’'-]+(?:\s[A-Z][\w’'-]+)*|\d[\d,.]*\d|\d)", text)


def _swappable(text: str) -> list[str]:
    return names_in(text) + re.findall(r"\b[a-z]{4,}\b", text)


def _miss(item: Item) -> Item:
    """The item as one that is not answered, or not supported."""
    return replace(item, positive=False, start=None, end=None)


def _other_number(old: str, dice: random.Random) -> str:
    digits = [i for i, c in enumerate(old) if c.isdigit()]
    at = dice.choice(digits[1:] or digits)
    new = dice.choice([d for d in "123456789" if d != old[at]])
    return old[:at] + new + old[at + 1 :]
