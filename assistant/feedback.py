"""A complaint about an answer as a draft case of the evals, for a person to mend. Pure.

Between the two who need it and may not know each other: the chat page records what its visitors
click, ``eval`` drafts from the answer that ``assistant ask --json`` printed. The result is the
JSON object that a line of a case file holds.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from hashlib import sha256

from assistant.types import Answer, Turn

TAGS = ("draft", "complaint")


class Reason(StrEnum):
    """What was wrong with the answer."""

    DISLIKE = "dislike"
    WRONG_CITATION = "wrong-citation"


def complaint_case(
    answer: Answer, history: Sequence[Turn] = (), reason: Reason | None = None
) -> dict[str, object]:
    """The draft case: what was asked, and what was answered and cited as if that were right.

    A person replaces what is wrong in ``answers`` and ``evidence`` before the case counts. A
    refusal leaves both empty and expects an answer: who dislikes it holds that there is one; set
    ``answerable`` to false where the refusal was right after all. The id is the same for the
    same conversation, answer and reason, so that one complaint is one case.

    >>> complaint_case(Answer("How old?", "74 [1]"), reason=Reason.DISLIKE)["tags"]
    ['draft', 'complaint', 'dislike']
    """
    turns = [Turn(_sound(turn.question), _sound(turn.answer)) for turn in history]
    question, text = _sound(answer.question), _text(answer)
    cited = [citation for citation in answer.citations if citation.quote.strip()]
    return {
        "id": _id(turns, question, text, reason),
        "question": question,
        "history": [
            {"question": turn.question, "answer": turn.answer}
            for turn in turns
            if turn.question.strip()
        ],
        "answers": [] if answer.refused or not text else [text],
        "evidence": _distinct(_sound(citation.quote) for citation in cited),
        "documents": _distinct(_sound(citation.document_id) for citation in cited),
        "answerable": True,
        "tags": [*TAGS, *([reason.value] if reason else [])],
    }


def _id(history: Sequence[Turn], question: str, text: str, reason: Reason | None) -> str:
    turns = [part for turn in history for part in (turn.question, turn.answer)]
    whole = "\0".join([*turns, question, text, reason.value if reason else ""])
    return f"complaint-{sha256(whole.encode()).hexdigest()[:12]}"


def _text(answer: Answer) -> str:
    """The answer on one line, without the markers of its citations."""
    numbers = "|".join(str(citation.number) for citation in answer.citations)
    text = re.sub(rf"\s?\[(?:{numbers})\]", "", answer.text) if numbers else answer.text
    return _sound(" ".join(text.split()))


def _sound(text: str) -> str:
    """``text`` with half surrogate pairs, which no file can hold, as question marks."""
    return text.encode(errors="replace").decode()


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
