"""The reader's lessons: pairs of question and passage, most of which only the teacher judges.

Near misses that somebody wrote are few, and labels are known for few passages of a document. A
teacher needs no labels, so each question comes with all passages of its own document, cut in two
ways, with the passages anywhere that have most of its words, and changed by rule.
"""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tokenizers import Tokenizer

from assistant.read.reader_model import load_tokenizer
from eval.cases import Case, load_cases
from eval.train.reader_data import (
    OWN,
    Item,
    NearMisses,
    Task,
    cut_out,
    easy_part,
    load_sets,
    sample,
)
from eval.train.reader_questions import (
    DOCUMENTS,
    PARAPHRASES,
    RIVALS,
    STANCES,
    answered_by,
    load_written,
    missed_by,
    without_evidence,
)
from eval.train.training import HELD_OUT, SEED, near_words
from index.chunk import chunk, split_sentences
from index.model import packaged_model
from index.read import text as text_reader

FOLDERS = (DOCUMENTS, PARAPHRASES, RIVALS, STANCES)
FULL_SHARES = {
    "squad2_train_part": 1.0,
    "squad1_train_part": 0.5,
    "squadshifts_new_wiki": 0.5,
    "nq_open_oracle": 1.0,
    "hotpotqa_part": 0.6,
    "musique_part": 0.7,
    "covid_qa": 0.3,
    "bioasq_golden": 0.5,
    "policyqa_test": 1.0,
    "quoref_test_part": 1.0,
    "tatqa_part": 1.0,
    "squadshifts_amazon": 0.1,
    "squadshifts_reddit": 0.1,
}
"""Share of each set whose questions the teacher is shown once more with their whole passage."""
CUTS = (200, 130)
"""Most tokens of a passage: each of our documents is cut in both ways."""
VIEWS = (90, 165, 235)
"""The same, for more passages with the answer: so its place in the passage tells nothing."""
VIEWS_TAUGHT = 0.4
"""Share of the further passages with an answer that the teacher learns from."""
AROUND = 3
"""Sentences before and after an answer that are left of a public passage, at most."""
KNOWN_MISSES, KNOWN_UNANSWERED = (2, 1), (4, 2)
"""Passages without the answer whose label counts, of an answerable question and of another, for
each of the cuts: the further a passage is from the best, the less is its label worth, for now and
then it answers too."""
CHANGES_OF_DOCUMENTS, CHANGES_OF_WRITTEN, CHANGES_OF_PUBLIC = 8, 6, 3
"""How often each answered question is changed, or left."""
NEAREST_OF_WRITTEN, NEAREST_OF_PUBLIC, NEAREST_OF_DOCUMENTS = 5, 3, 2
"""Passages of any origin with most words of a question, that it is shown with."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """What there is to learn."""

    labelled: list[Item]
    """For the teacher."""
    judged: list[Item]
    """For the reader."""


@dataclass(frozen=True, slots=True)
class OnDocuments:
    """What is asked of whole documents."""

    known: list[Item]
    """Pairs whose label counts."""
    others: list[Item]
    answered: list[Item]
    """Those of ``known`` that answer, in the first cut."""
    views: list[Item]
    """The same answers in passages of other sizes."""
    passages: list[str]


def lessons(data: Path, tokenizer: Tokenizer, scale: float) -> Lessons:
    """All that the teacher and the reader learn from.

    Args:
        data: folder with ``reader.jsonl.gz`` and ``support.jsonl.gz``.
        tokenizer: that of ``load_tokenizer``.
        scale: share of the pairs, 0 to 1.
    """
    dice = random.Random(SEED)  # noqa: S311 - not for security
    questions, claims = load_sets(data, "train")
    near = near_words(tokenizer)
    written = load_written(data, "train")
    public = [item for name, items in questions.items() if name != OWN for item in items]
    own = [item for item in questions.get(OWN, ()) if item.group not in HELD_OUT]
    own += [i for i in questions.get("squad2_train_part", ()) if i.kind == "unanswerable"]
    shares = FULL_SHARES.items()
    whole = [i for name, share in shares for i in sample(questions.get(name, ()), share, dice)]
    easy = easy_part(questions, claims, near, SEED)
    documents = on_documents(FOLDERS)
    windows = [window(item, dice) for item in [*written, *own, *public]]
    views = documents.views + [view for view in windows if view]
    labelled = easy + whole + own * 2 + written + documents.known
    judged = labelled + views + documents.others + written
    judged += _positive([*own, *written, *documents.known])
    change = NearMisses(questions, near, dice)
    judged += changes(documents.answered, CHANGES_OF_DOCUMENTS, change)
    judged += changes(_positive([*written, *own]), CHANGES_OF_WRITTEN, change)
    judged += changes(_positive(public), CHANGES_OF_PUBLIC, change)
    shown = {(item.text, item.passage) for item in judged}
    judged += [item for item in public if (item.text, item.passage) not in shown]
    passages = [item.passage for item in [*written, *public, *own]] + documents.passages
    nearest = Nearest(list(dict.fromkeys(passages)))
    judged += nearest.strangers(written, NEAREST_OF_WRITTEN, shown)
    judged += nearest.strangers([*public, *own], NEAREST_OF_PUBLIC, shown)
    judged += nearest.strangers(documents.answered, NEAREST_OF_DOCUMENTS, shown)
    labelled += sample(views, VIEWS_TAUGHT, dice)
    return Lessons(sample(labelled, scale, dice), sample(judged, scale, dice))


def on_documents(folders: Iterable[Path], views: Sequence[int] = VIEWS) -> OnDocuments:
    """The questions of case folders, each with all passages of its own document.

    Args:
        folders: the cases, each with the documents in its folder ``documents``.
        views: most tokens of further passages with an answer.
    """
    out = OnDocuments([], [], [], [], [])
    untruncated = load_tokenizer(packaged_model().path)
    untruncated.no_truncation()

    def tokens(text: str) -> int:
        return len(untruncated.encode(text, add_special_tokens=False).ids)

    for folder in folders:
        cuts = {
            path.name: {size: _cut(path, size, tokens) for size in (*CUTS, *views)}
            for path in sorted((folder / "documents").iterdir())
        }
        for case in load_cases(folder):
            _add(out, case, cuts[case.documents[0]])
        out.passages.extend(p for cut in cuts.values() for size in CUTS for p in cut[size])
    return out


def _add(out: OnDocuments, case: Case, cuts: Mapping[int, Sequence[str]]) -> None:
    counts = KNOWN_MISSES if case.answerable else KNOWN_UNANSWERED
    for place, (size, count) in enumerate(zip(CUTS, counts, strict=True)):
        answered = answered_by(case, cuts[size])
        missed = [missed_by(case, passage) for passage in _nearest_first(case, cuts[size])]
        out.known.extend(answered + missed[:count])
        out.others.extend(replace(item, is_known=False) for item in missed[count:])
        if not place:
            out.answered.extend(answered)
    for size in [size for size in cuts if size not in CUTS]:
        out.views.extend(answered_by(case, cuts[size]))


def _cut(path: Path, size: int, tokens: Callable[[str], int]) -> list[str]:
    extracted = text_reader.read(path.read_bytes())
    parts = chunk(extracted, chunk_tokens=size, count_tokens=tokens)
    return [extracted.text[part.start : part.end] for part in parts]


def _nearest_first(case: Case, passages: Sequence[str]) -> list[str]:
    """Those without the evidence; first what has most of the question's words, rare ones most."""
    words = {passage: _beginnings(passage) for passage in passages}
    asked = _beginnings(case.question)
    worth = {word: 1 / (1 + sum(word in of for of in words.values())) for word in asked}
    return sorted(
        without_evidence(case, passages),
        key=lambda p: -sum(worth[word] for word in asked & words[p]),
    )


def _beginnings(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{3,}", text.lower())}


def window(item: Item, dice: random.Random) -> Item | None:
    """``item`` with only some sentences around the answer; None where it cannot be made shorter."""
    spans = split_sentences(item.passage)
    if item.start is None or item.end is None or len(spans) <= AROUND - 1:
        return None
    inside = [k for k, (a, b) in enumerate(spans) if a < item.end and b > item.start]
    if not inside:
        return None
    first = max(inside[0] - dice.randint(0, AROUND), 0)
    last = min(inside[-1] + dice.randint(0, AROUND), len(spans) - 1)
    part = cut_out(item, spans[first][0], spans[last][1])
    return None if part.passage == item.passage else part


def changes(items: Sequence[Item], times: int, change: NearMisses) -> Iterator[Item]:
    """What becomes of ``items`` where they are changed; only the teacher knows what it is."""
    for _ in range(times):
        for item in items:
            new = change(item)
            if new != item and new.task is Task.ANSWER:
                yield replace(new, is_known=False)


class Nearest:
    """Finds passages by the words of a question."""

    def __init__(self, passages: Sequence[str]) -> None:
        """``passages``: all that there are, each once."""
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("text", tokenizer_name="en_stem")
        builder.add_integer_field("number", stored=True)
        self._index = tantivy.Index(builder.build())
        writer = self._index.writer()
        for number, passage in enumerate(passages):
            writer.add_document(tantivy.Document(text=passage, number=number))
        writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()
        self._passages = passages

    def strangers(
        self, items: Iterable[Item], count: int, shown: set[tuple[str, str]]
    ) -> Iterator[Item]:
        """Each question with ``count`` passages that it is not ``shown`` with yet."""
        asked = dict.fromkeys(item.text for item in items if item.task is Task.ANSWER)
        for question in asked:
            found = [p for p in self._found(question, count + 5) if (question, p) not in shown]
            for passage in found[:count]:
                yield Item(Task.ANSWER, question, passage, False, is_known=False)

    def _found(self, question: str, count: int) -> list[str]:
        words = " ".join(re.findall(r"\w+", question.lower()))
        if not words:
            return []
        query = self._index.parse_query(words, ["text"])
        hits = self._searcher.search(query, count).hits
        return [self._passages[self._searcher.doc(at)["number"][0]] for _, at in hits]


def _positive(items: Iterable[Item]) -> list[Item]:
    return [item for item in items if item.positive]
