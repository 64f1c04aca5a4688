"""What happens on the page: each event of a component and the function of ``ui`` it calls."""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui import chat
from ui.choice import answer_choice
from ui.complaints import complain
from ui.document_events import DocumentParts, connect_documents, drawn_documents
from ui.drafts import Drafts
from ui.engine import Engine
from ui.export import export_file
from ui.setting_events import connect_settings
from ui.shelf import Shelf
from ui.sources import panel_html, start_html
from ui.untrusted import as_text, as_texts

if TYPE_CHECKING:
    import gradio as gr
    from gradio.events import Dependency

logger = logging.getLogger(__name__)

MAX_SELECTED = 10_000

_OFFERING = threading.BoundedSemaphore(2)
"""Answers for which questions are made up at the same time; in a rush the others go without."""

_AT_ONCE: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "api_visibility": "private",
}
"""For events that are answered immediately, before any question that waits in the queue."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components that events read or write."""

    chatbot: "gr.Chatbot"
    question: "gr.Textbox"
    selection: "gr.JSON"
    choice: "gr.JSON"
    top: "gr.HTML"
    viewer: "gr.HTML"
    history: "gr.HTML"
    documents: DocumentParts
    file: "gr.JSON"
    notice: "gr.JSON"


def connect(engine: Engine, drafts: Drafts, page: "gr.Blocks", parts: Parts, shelf: Shelf) -> None:
    """Give every component of the page its behaviour."""

    def arrive() -> tuple[object, ...]:
        return (*drawn_documents(shelf), start_html(engine))

    documents = parts.documents
    page.load(arrive, None, [documents.library, parts.chatbot, parts.viewer], **_AT_ONCE)
    connect_documents(shelf, documents, _AT_ONCE)
    connect_settings(shelf, parts.top, parts.documents.outcome, _AT_ONCE)
    answers: list[dict[str, Any]] = [
        _answer(engine, parts, asked, shelf) for asked in _ways_to_ask(engine, parts)
    ]
    parts.question.stop(None, cancels=answers, api_visibility="private")
    _connect_undo(parts)
    _connect_history(engine, parts)
    _connect_feedback(engine, drafts, parts)
    _connect_viewer(engine, parts)


def _ways_to_ask(engine: Engine, parts: Parts) -> list["Dependency"]:
    """The five events that put a question at the end of the conversation."""
    import gradio as gr

    bot, question = parts.chatbot, parts.question
    longest = engine.settings.answer.max_question_characters

    # With Stop in the same step: in another, a quick answer could end before, and leave it there.
    def submit(text: str, messages: chat.Messages) -> tuple[chat.Messages, gr.Textbox]:
        shown = chat.begin(messages, text, longest)
        return shown, gr.Textbox(value="", submit_btn=False, stop_btn=True)

    def asked(messages: chat.Messages) -> tuple[chat.Messages, gr.Textbox]:
        return messages, gr.Textbox(submit_btn=False, stop_btn=True)

    def example(messages: chat.Messages, event: gr.SelectData) -> tuple[chat.Messages, gr.Textbox]:
        return asked(chat.begin(messages, str(event.value["text"]), longest))

    def option(messages: chat.Messages, event: gr.SelectData) -> tuple[chat.Messages, gr.Textbox]:
        return asked(chat.begin(messages, str(event.value), longest))

    def retry(messages: chat.Messages, event: gr.RetryData) -> tuple[chat.Messages, gr.Textbox]:
        return asked(chat.retry(messages, _first(event.index)))

    def edit(messages: chat.Messages, event: gr.EditData) -> tuple[chat.Messages, gr.Textbox]:
        index, question, before = _first(event.index), str(event.value), str(event.previous_value)
        return asked(chat.edit(messages, index, question, before, longest))

    outputs = [bot, question]
    return [
        question.submit(submit, [question, bot], outputs, trigger_mode="once", **_AT_ONCE),
        bot.example_select(example, bot, outputs, **_AT_ONCE),
        bot.option_select(option, bot, outputs, **_AT_ONCE),
        bot.retry(retry, bot, outputs, **_AT_ONCE),
        bot.edit(edit, bot, outputs, **_AT_ONCE),
    ]


def _answer(engine: Engine, parts: Parts, asked: "Dependency", shelf: Shelf) -> "Dependency":
    """After a question was asked: stream the answer, take Stop away, offer questions, save."""
    import gradio as gr

    def stream(
        messages: chat.Messages, selection: object, choice: object
    ) -> Iterator[chat.Messages]:
        shown = messages
        try:
            wanted = (_document_ids(selection), shelf.suggestions, answer_choice(choice))
            for shown in chat.reply(engine, messages, *wanted):
                yield shown
        except Exception:  # Whatever failed, the visitor gets the page back, and the log why.
            logger.exception("an answer failed")
            yield chat.finish(shown)

    def finish(messages: chat.Messages, selection: object) -> tuple[chat.Messages, gr.Textbox]:
        shown = chat.finish(messages)
        if shown is messages and _OFFERING.acquire(blocking=False):
            try:
                shown = chat.offer(engine, messages, _document_ids(selection), shelf.suggestions)
            finally:
                _OFFERING.release()
        return shown, gr.Textbox(submit_btn=True, stop_btn=False)

    answering: Dependency = asked.then(
        stream,
        [parts.chatbot, parts.selection, parts.choice],
        parts.chatbot,
        js="(messages) => [messages, ...window.assistantPage.answering()]",
        show_progress="hidden",
        api_visibility="private",
        concurrency_id="answers",
    )
    answering.then(
        finish,
        [parts.chatbot, parts.selection],
        [parts.chatbot, parts.question],
        js="(messages, _) => [messages, window.assistantPage.selected()]",
        **_AT_ONCE,
    ).then(None, parts.chatbot, **_keep())
    return answering


def _keep() -> dict[str, Any]:
    """The step that saves the conversation in the browser; nothing goes to the server."""
    return {"js": "(messages) => window.assistantPage.keep(messages)", **_AT_ONCE}


def _connect_undo(parts: Parts) -> None:
    import gradio as gr

    def undo(messages: chat.Messages, event: gr.UndoData) -> tuple[chat.Messages, str]:
        return chat.undo(messages, _first(event.index))

    outputs = [parts.chatbot, parts.question]
    parts.chatbot.undo(undo, parts.chatbot, outputs, **_AT_ONCE).then(
        None, parts.chatbot, **_keep()
    )


def _connect_history(engine: Engine, parts: Parts) -> None:
    """A conversation chosen in the history, or an empty one, as the browser holds it; export."""
    import gradio as gr

    opened = "() => window.assistantPage.opened()"
    parts.history.open(None, None, parts.chatbot, js=opened, **_AT_ONCE)

    def export(messages: chat.Messages, event: gr.EventData) -> dict[str, str]:
        return export_file(engine, messages, as_text(getattr(event, "format", "")))

    parts.history.export(export, parts.chatbot, parts.file, **_AT_ONCE).then(
        None, parts.file, js="(file) => window.assistantPage.download(file)", **_AT_ONCE
    )


def _connect_feedback(engine: Engine, drafts: Drafts, parts: Parts) -> None:
    import gradio as gr

    def record(messages: chat.Messages, event: gr.EventData) -> dict[str, object]:
        index, reason = getattr(event, "message", None), getattr(event, "reason", None)
        return complain(engine, drafts, messages, index, reason)

    parts.history.complain(record, parts.chatbot, parts.notice, **_AT_ONCE).then(
        None, parts.notice, js="(notice) => window.assistantPage.complained(notice)", **_AT_ONCE
    )


def _connect_viewer(engine: Engine, parts: Parts) -> None:
    import gradio as gr

    def show(event: gr.EventData) -> str:
        part = getattr(event, "part", None)
        return panel_html(
            engine,
            as_text(getattr(event, "link", "")),
            as_texts(getattr(event, "links", [])),
            part if isinstance(part, int) else None,
        )

    parts.viewer.show(show, None, parts.viewer, **_AT_ONCE).then(
        None, None, js="() => window.assistantPage.answered()", **_AT_ONCE
    )


def _document_ids(selection: object) -> list[str] | None:
    """The ids to answer from, or None for all. Comes from the browser, so anything may be in it."""
    return as_texts(selection)[:MAX_SELECTED] or None


def _first(index: int | Sequence[int]) -> int:
    return index if isinstance(index, int) else index[0]
