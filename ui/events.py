"""What happens on the page: each event of a component and the function of ``ui`` it calls."""

import logging
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

if TYPE_CHECKING:
    import gradio as gr
    from gradio.events import Dependency

logger = logging.getLogger(__name__)

MAX_SELECTED = 10_000

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
        _answer(engine, parts, asked, shelf) for asked in _ways_to_ask(parts)
    ]
    parts.question.stop(None, cancels=answers, api_visibility="private")
    _connect_undo(parts)
    _connect_history(engine, parts)
    _connect_feedback(engine, drafts, parts)
    _connect_viewer(engine, parts)


def _ways_to_ask(parts: Parts) -> list["Dependency"]:
    """The five events that put a question at the end of the conversation."""
    import gradio as gr

    bot, question = parts.chatbot, parts.question

    def submit(text: str, messages: chat.Messages) -> tuple[str, chat.Messages]:
        return "", chat.begin(messages, text)

    def example(messages: chat.Messages, event: gr.SelectData) -> chat.Messages:
        return chat.begin(messages, str(event.value["text"]))

    def option(messages: chat.Messages, event: gr.SelectData) -> chat.Messages:
        return chat.begin(messages, str(event.value))

    def retry(messages: chat.Messages, event: gr.RetryData) -> chat.Messages:
        return chat.retry(messages, _first(event.index))

    def edit(messages: chat.Messages, event: gr.EditData) -> chat.Messages:
        return chat.edit(messages, _first(event.index), str(event.value))

    return [
        question.submit(submit, [question, bot], [question, bot], trigger_mode="once", **_AT_ONCE),
        bot.example_select(example, bot, bot, **_AT_ONCE),
        bot.option_select(option, bot, bot, **_AT_ONCE),
        bot.retry(retry, bot, bot, **_AT_ONCE),
        bot.edit(edit, bot, bot, **_AT_ONCE),
    ]


def _answer(engine: Engine, parts: Parts, asked: "Dependency", shelf: Shelf) -> "Dependency":
    """After a question was asked: show Stop, stream the answer, take Stop away, save."""
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

    def finish(messages: chat.Messages) -> tuple[chat.Messages, gr.Textbox]:
        return chat.finish(messages), gr.Textbox(submit_btn=True, stop_btn=False)

    # In turn: side by side, a quick answer could end before Stop was shown, and leave it there.
    stoppable = asked.then(
        lambda: gr.Textbox(submit_btn=False, stop_btn=True), None, parts.question, **_AT_ONCE
    )
    answering: Dependency = stoppable.then(
        stream,
        [parts.chatbot, parts.selection, parts.choice],
        parts.chatbot,
        js="(messages) => [messages, ...window.assistantPage.answering()]",
        show_progress="hidden",
        api_visibility="private",
        concurrency_id="answers",
    )
    answering.then(finish, parts.chatbot, [parts.chatbot, parts.question], **_AT_ONCE).then(
        None, parts.chatbot, **_keep()
    )
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
        return export_file(engine, messages, _text(getattr(event, "format", "")))

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
            _text(getattr(event, "link", "")),
            _texts(getattr(event, "links", [])),
            part if isinstance(part, int) else None,
        )

    parts.viewer.show(show, None, parts.viewer, **_AT_ONCE)


def _document_ids(selection: object) -> list[str] | None:
    """The ids to answer from, or None for all. Comes from the browser, so anything may be in it."""
    return _texts(selection)[:MAX_SELECTED] or None


def _texts(value: object) -> list[str]:
    return [_text(item) for item in value] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _first(index: int | Sequence[int]) -> int:
    return index if isinstance(index, int) else index[0]
