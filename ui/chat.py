"""The conversation: what each button does to the list of messages.

A message is what Gradio's Chatbot holds: a dict with ``role`` and ``content``. The whole
conversation lives in the browser and comes along with each event, so one visitor can never see
another's and a restart of the server loses nothing. Content is Markdown made by ``ui.render``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assistant.types import Answer, Place, Turn
from assistant.understand.question import checked_question
from index.errors import GroundedError, QuestionError
from ui.choice import USUAL, AnswerChoice
from ui.engine import Engine
from ui.escape import escape_markdown, one_line, unescape_markdown
from ui.links import LinkKind
from ui.render import (
    MAX_CLOSEST,
    answer_markdown,
    answer_text,
    growing_markdown,
    note_markdown,
    passage_links,
)

Messages = list[dict[str, Any]]

MAX_TURNS_READ = 8
"""How many earlier turns a follow-up question may refer to."""
MAX_SUGGESTIONS = 3

_CURSOR = " ▍"
"""Ends an answer that is still being written; one that keeps it was stopped."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer and what was said before."""

    history: tuple[Turn, ...]
    """The earlier turns that the answer knew, oldest first."""
    question: str
    answer: str
    """As Markdown."""


def begin(messages: Messages, question: str, longest: int) -> Messages:
    """The conversation with ``question`` asked; unchanged for an empty one.

    One of more than ``longest`` characters is shown by its first words, and answered with why it
    is not read.
    """
    if not question.strip():
        return messages
    try:
        asked = _message("user", escape_markdown(checked_question(question.strip(), longest)))
    except QuestionError as error:
        shown = _message("user", escape_markdown(one_line(question)))
        return [*messages, shown, _message("assistant", note_markdown(str(error)))]
    return [*messages, asked]


def retry(messages: Messages, index: int) -> Messages:
    """The conversation as it was when the question at ``index`` was asked."""
    return messages[: index + 1]


def undo(messages: Messages, index: int) -> tuple[Messages, str]:
    """The conversation without the question at ``index``, and that question to change it."""
    return messages[:index], unescape_markdown(_text(messages[index]))


def edit(messages: Messages, index: int, question: str, before: str, longest: int) -> Messages:
    """The conversation with the question at ``index`` asked anew as ``question``.

    For an empty one it is as it was: Gradio has put the new question in already, and hands over
    the Markdown of the one ``before``.
    """
    if question.strip():
        return begin(messages[:index], question, longest)
    return [*messages[:index], _message("user", before), *messages[index + 1 :]]


def reply(
    engine: Engine,
    messages: Messages,
    documents: Sequence[str] | None = None,
    suggestions: Sequence[str] = (),
    choice: AnswerChoice = USUAL,
) -> Iterator[Messages]:
    """The conversation with a growing answer to its last question; as it is if that has one.

    ``documents`` restricts the answer to these document ids. ``suggestions`` are questions to
    offer where there is no answer. ``choice`` is how this visitor wants answers. Errors that a user
    can do something about become the answer; others are raised.
    """
    if not messages or messages[-1]["role"] != "user":
        # For nothing at all, Gradio (6.31) would empty the conversation.
        yield messages
        return
    question = unescape_markdown(_text(messages[-1]))
    history = _turns(messages[:-1])
    answer = None
    try:
        for answer in engine.stream(
            question,
            history=history,
            documents=documents,
            sentences=choice.sentences,
            written=choice.written,
        ):
            text = growing_markdown(answer, _versions(engine, answer))
            yield [*messages, _message("assistant", text + _CURSOR)]
    except GroundedError as error:
        yield [*messages, _message("assistant", note_markdown(str(error)))]
        return
    if answer is not None:
        yield [*messages, _answer_message(engine, answer, suggestions)]


def finish(messages: Messages) -> Messages:
    """The conversation after an answer ended in any way: none is left open or unmarked."""
    if not messages:
        return messages
    last = messages[-1]
    note = note_markdown("No answer: it was stopped, or failed, before the first words.")
    if last["role"] == "user":
        return [*messages, _message("assistant", note)]
    text = _text(last)
    if text.strip() == _CURSOR.strip():
        return [*messages[:-1], _message("assistant", note)]
    if not text.endswith(_CURSOR):
        return messages
    note = note_markdown("Stopped here: this answer is incomplete.")
    return [*messages[:-1], _message("assistant", f"{text.removesuffix(_CURSOR)}\n\n{note}")]


def offer(
    engine: Engine,
    messages: Messages,
    documents: Sequence[str] | None = None,
    suggestions: Sequence[str] = (),
) -> Messages:
    """The conversation with questions to go on with under its last answer.

    They are about what stands near the passages of the answer; under a refusal, ``suggestions``
    fill up. An answer that names no passage keeps the options that it has.
    """
    if not messages or messages[-1]["role"] != "assistant":
        return messages
    links = passage_links(_text(messages[-1]))
    if not links:
        return messages
    asked = [question for question, _ in pairs(messages)]
    places = [Place(link.document_id, link.start, link.end) for link in links]
    try:
        found = engine.follow_ups(places, asked=asked, documents=documents, count=MAX_SUGGESTIONS)
    except GroundedError:  # a document that is gone by now: the answer stands without them
        found = ()
    is_refusal = links[0].kind is LinkKind.NEAR
    offered = dict.fromkeys([*found, *(suggestions if is_refusal else ())])
    options = _options([question for question in offered if question not in asked])
    return [*messages[:-1], {**messages[-1], "options": options}]


def _options(questions: Sequence[str]) -> list[dict[str, str]]:
    return [{"value": q, "label": one_line(q, 120)} for q in questions[:MAX_SUGGESTIONS]]


def _answer_message(engine: Engine, answer: Answer, suggestions: Sequence[str]) -> dict[str, Any]:
    message = _message("assistant", answer_markdown(answer, _versions(engine, answer)))
    if not answer.citations:
        message["options"] = _options([s for s in suggestions if s != answer.question])
    return message


def _versions(engine: Engine, answer: Answer) -> dict[str, str]:
    """The sha256 of every document that the answer may link to."""
    ids = {citation.document_id for citation in answer.citations}
    ids |= {hit.passage.document_id for hit in answer.hits[:MAX_CLOSEST] if answer.refused}
    return {document_id: engine.document(document_id).sha256 for document_id in sorted(ids)}


def pairs(messages: Messages) -> list[tuple[str, str]]:
    """Each question as it was typed with the Markdown of its answer, oldest first."""
    return [
        (unescape_markdown(_text(asked)), _text(answered))
        for asked, answered in pairwise(messages)
        if asked["role"] == "user" and answered["role"] == "assistant"
    ]


def exchange_at(messages: Messages, index: int) -> Exchange | None:
    """The answer at ``index`` with its question; None where no complete answer stands there."""
    if not 1 <= index < len(messages):
        return None
    asked, answered = messages[index - 1 : index + 1]
    question, answer = unescape_markdown(_text(asked)), _text(answered)
    is_answer = asked["role"] == "user" and answered["role"] == "assistant"
    if not is_answer or not question.strip() or answer.endswith(_CURSOR):
        return None
    return Exchange(tuple(_turns(messages[: index - 1])), question, answer)


def _turns(messages: Messages) -> list[Turn]:
    """The turns that a question after ``messages`` may refer to, oldest first."""
    turns = [Turn(question, answer_text(answer)) for question, answer in pairs(messages)]
    return turns[-MAX_TURNS_READ:]


def _message(role: str, text: str) -> dict[str, Any]:
    return {"role": role, "content": text}


def _text(message: dict[str, Any]) -> str:
    """The text of a message, in either of the two shapes in which Gradio hands it over."""
    content = message["content"]
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content if part.get("type") == "text")
