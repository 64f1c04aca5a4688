"""What is searched for a question in a conversation, and what is found."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from assistant.quote.last_turn import leads_elsewhere
from assistant.quote.sections import without_other_things
from assistant.types import Turn
from assistant.understand.followup import in_conversation, may_be_new
from assistant.understand.question import Question
from assistant.understand.thing_meant import talked_of
from index.search import Index
from index.types import Found


def find(
    index: Index,
    text: str,
    history: Sequence[Turn],
    count: int,
    documents: Collection[str] | None = None,
) -> tuple[Question, Found]:
    """The question in ``text``, understood, and the passages and sentences found for it.

    Where the subject is changed, as in “And when was the tower painted?” after a turn on a bridge,
    it is searched for once more, without what was said before
    (docs/decisions/follow-ups.md). No sentence is left that is about another thing than it names.

    Args:
        index: to search in.
        text: what the user wrote, checked.
        history: earlier turns, oldest first.
        count: how many passages at most.
        documents: ids of the only documents to search; None for all.
    """
    question = in_conversation(text, index.terms, history)
    found = index.search(question.text, count=count, documents=documents)
    if question.is_follow_up and may_be_new(text) and leads_elsewhere(question, found):
        return find(index, text, (), count, documents)
    if question.is_follow_up and not may_be_new(text):
        thing = talked_of(text, history, found)
        read = f"{text.rstrip('?.! ')} ({thing})?" if thing else question.read
        question = replace(question, read=read, thing=thing)
    return question, without_other_things(question.about(text), found)
