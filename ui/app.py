"""The page: its components and where they stand. What they do is in ``ui.events``.

Nothing here computes, formats or remembers: the conversation is in ``ui.chat``, the Markdown in
``ui.render``, the source panel in ``ui.sources`` and ``ui.viewer``, the looks in ``ui/static``.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui.api import ask_function
from ui.assets import read_asset
from ui.drafts import Drafts
from ui.engine import Engine
from ui.events import Parts, connect
from ui.find import find_function
from ui.library import welcome_markdown
from ui.pages import page_function

if TYPE_CHECKING:
    import gradio as gr

TITLE = "Grounded Assistant"
QUEUE_SIZE = 64
"""Questions that may wait; more are refused at once, in words."""
AT_ONCE = 2
"""Answers that are computed at the same time."""


def build_page(engine: Engine, drafts: Drafts) -> "gr.Blocks":
    """The page for one assistant, not yet served; complaints about answers go to ``drafts``."""
    import gradio as gr
    from gradio.events import api

    suggestions = tuple(engine.examples())
    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        connect(engine, drafts, page, _layout(engine, suggestions), suggestions)
        api(ask_function(engine), api_name="ask", concurrency_id="answers")
    page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=AT_ONCE, api_open=False)
    return page


def _layout(engine: Engine, suggestions: Sequence[str]) -> Parts:
    import gradio as gr

    gr.HTML(read_asset("header.html"), elem_id="top", apply_default_css=False)
    with gr.Row(elem_id="panes"):
        with gr.Column(elem_id="side"):
            history = _history()
            library = gr.HTML(elem_id="library", apply_default_css=False)
        with gr.Column(elem_id="chat"):
            chatbot = _chatbot(engine, suggestions)
            question = _question()
        with gr.Column(elem_id="panel"):
            viewer = _viewer(engine)
    # Filled in by the browser each time a question is sent: the ids of the ticked documents.
    selection = gr.JSON(value=[], visible=False)
    # Handed to the browser to be saved: an exported conversation.
    file = gr.JSON(visible=False)
    # Told to the browser: whether a complaint was saved.
    notice = gr.JSON(visible=False)
    return Parts(chatbot, question, selection, viewer, history, library, file, notice)


def _chatbot(engine: Engine, suggestions: Sequence[str]) -> "gr.Chatbot":
    import gradio as gr

    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        container=False,
        height="100%",
        layout="panel",
        buttons=["copy"],
        editable="user",
        sanitize_html=True,
        allow_tags=False,
        latex_delimiters=[],
        # Ours are in feedback.js: Gradio's third option needs a mouse, and is reported twice.
        feedback_options=None,
        placeholder=welcome_markdown(engine.documents(), engine.folder.name),
        examples=[{"text": suggestion} for suggestion in suggestions],
        elem_id="conversation",
    )


def _question() -> "gr.Textbox":
    import gradio as gr

    return gr.Textbox(
        # The label is the field's accessible name: the placeholder goes with the first answer.
        label="Your question",
        show_label=False,
        placeholder="Ask about your documents",
        autofocus=True,
        submit_btn=True,
        max_lines=8,
        elem_id="question",
    )


def _history() -> "gr.HTML":
    import gradio as gr

    return gr.HTML(
        read_asset("history.html"),
        elem_id="history",
        apply_default_css=False,
        # The quoted event names are what makes ``history.open`` exist in Python.
        js_on_load="window.assistantPage.connectHistory("
        "() => trigger('open'), (wanted) => trigger('export', wanted), "
        "(wanted) => trigger('complain', wanted))",
    )


def _viewer(engine: Engine) -> "gr.HTML":
    import gradio as gr

    return gr.HTML(
        elem_id="source",
        apply_default_css=False,
        server_functions=[page_function(engine), find_function(engine)],
        js_on_load="window.assistantPage.connectViewer((wanted) => trigger('show', wanted), watch, "
        "(wanted) => server.page_shown(wanted), (wanted) => server.words_found(wanted))",
    )
