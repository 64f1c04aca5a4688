"""Questions written for this project on public passages, with near misses beside them.

``reader_questions.jsonl`` holds a line for each passage: questions in other words than the
passage's, each with its answer, and near misses, which look like those but which the passage does
not answer. The passages are not in the file: it names each by its sha256, and they are looked up
in the folder of public data.

``reader_documents``, ``reader_paraphrases``, ``reader_rivals`` and ``reader_stances`` are case
folders: whole documents, questions that they answer, and questions that the whole of one does not
answer; in the second most are in quite other words than the document's, in the third other
sentences seem to answer as well, and the fourth asks for stands, moods, prospects and causes. The
reader learns from them what it sees in use: all passages of a document, for each question.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from eval.cases import Case
from eval.train.reader_data import Item, Task, lines_of
from index.chunk import split_sentences

FILE = Path(__file__).with_name("reader_questions.jsonl")
DOCUMENTS = FILE.with_name("reader_documents")
PARAPHRASES = FILE.with_name("reader_paraphrases")
RIVALS = FILE.with_name("reader_rivals")
STANCES = FILE.with_name("reader_stances")
VALID_SHARE = 16
"""One article in so many is kept for measuring."""


def load_written(data: Path, split: str, file: Path = FILE) -> list[Item]:
    """The questions of one split (``train`` or ``valid``), split by article.

    Args:
        data: folder with ``reader.jsonl.gz`` and ``support.jsonl.gz``; questions on passages that
            it does not have are left out.
        split: ``train`` or ``valid``.
        file: one JSON object a line, with ``passage`` (the start of its sha256), ``end``
            (characters of it that the writer saw), ``answered`` (pairs of question and answer) and
            ``unanswered`` (questions).
    """
    passages = {digest(row["passage"]): row for row in _rows(data)}
    items = []
    for line in file.read_text(encoding="utf-8").splitlines():
        written = json.loads(line)
        row = passages.get(written["passage"])
        if row and split == ("valid" if is_valid(row["group"]) else "train"):
            passage = row["passage"][: written["end"]]
            items += list(_items(written, passage, row["group"]))
    return items


def answered_by(case: Case, passages: Sequence[str]) -> list[Item]:
    """The question of ``case`` with the first passage that has the answer, if there is one."""
    if not case.answerable:
        return []
    [answer], [group] = case.answers, case.documents
    starts = [
        (p, p.index(text) + text.index(answer))
        for p in passages
        for text in case.evidence
        if text in p and answer in text
    ]
    return [
        Item(Task.ANSWER, case.question, p, True, start, start + len(answer), group, "span")
        for p, start in starts[:1]
    ]


def missed_by(case: Case, passage: str) -> Item:
    """The question of ``case`` with a passage that does not answer it."""
    [group] = case.documents
    return Item(Task.ANSWER, case.question, passage, False, group=group)


def without_evidence(case: Case, passages: Sequence[str]) -> list[str]:
    """Those of ``passages`` that have no evidence, in their order."""
    return [p for p in passages if not any(text in p for text in case.evidence)]


def is_valid(group: str) -> bool:
    """Whether the questions on an article are kept for measuring."""
    return int(digest(group), 16) % VALID_SHARE == 0


def digest(text: str) -> str:
    """The first 16 hexadecimal digits of the sha256."""
    return sha256(text.encode()).hexdigest()[:16]


def _rows(data: Path) -> Iterable[dict[str, str]]:
    for name in ("support.jsonl.gz", "reader.jsonl.gz"):
        yield from lines_of(data / name, "train")


def _items(written: Mapping[str, Any], passage: str, group: str) -> Iterator[Item]:
    for question, answer in written["answered"]:
        start = place_of(passage, question, answer)
        yield Item(Task.ANSWER, question, passage, True, start, start + len(answer), group, "span")
    for question in written["unanswered"]:
        yield Item(Task.ANSWER, question, passage, False, group=group, kind="unanswerable")


def place_of(passage: str, question: str, answer: str) -> int:
    """Where the answer stands: of several places, in the sentence most like the question.

    Raises:
        ValueError: it stands nowhere.
    """
    plain = passage.replace("\n", " ")
    whole = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(answer)}(?!\w)", plain)]
    if len(whole) < 2:
        return whole[0] if whole else plain.index(answer)
    return max(whole, key=_shared_words(passage, question))


def _shared_words(passage: str, question: str) -> Callable[[int], int]:
    asked = set(re.findall(r"\w{4,}", question.lower()))
    spans = split_sentences(passage)

    def shared(at: int) -> int:
        around = [passage[a:b] for a, b in spans if a <= at < b]
        return len(asked & set(re.findall(r"\w{4,}", " ".join(around).lower())))

    return shared
