"""The page: its components and where they stand. What they do is in ``ui.events``.

Nothing here computes, formats or remembers: the conversation is in ``ui.chat``, the Markdown in
``ui.render``, the source panel in ``ui.sources`` and ``ui.viewer``, the looks in ``ui/static``.
"""

from typing import TYPE_CHECKING

from ui.api import ask_function
from ui.assets import read_asset
from ui.document_events import DocumentParts
from ui.drafts import Drafts
from ui.engine import Engine
from ui.events import Parts, connect
from ui.find import find_function
from ui.library import adder_html, welcome_markdown
from ui.pages import page_function
from ui.settings import settings_html
from ui.shelf import Shelf

if TYPE_CHECKING:
    import gradio as gr

TITLE = "Grounded Assistant"
QUEUE_SIZE = 64
"""Questions that may wait; more are refused at once, in words."""
AT_ONCE = 2
"""Answers that are computed at the same time."""


def build_page(engine: Engine, drafts: Drafts, shelf: Shelf) -> "gr.Blocks":
    """The page for one assistant, not yet served; complaints about answers go to ``drafts``."""
    import gradio as gr
    from gradio.events import api

    page = gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True)
    with page:
        connect(engine, drafts, page, _layout(shelf), shelf)
        api(ask_function(engine), api_name="ask", concurrency_id="answers")
    page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=AT_ONCE, api_open=False)
    return page


def _layout(shelf: Shelf) -> Parts:
    import gradio as gr

    top = gr.HTML(
        read_asset("header.html") + settings_html(shelf),
        elem_id="top",
        apply_default_css=False,
        js_on_load="window.assistantPage.connectSettings("
        "(wanted) => trigger('try_model', wanted), (wanted) => trigger('use_model', wanted))",
    )
    with gr.Row(elem_id="panes"):
        with gr.Column(elem_id="side"):
            history = _history()
            adder = _adder(shelf)
            library = _library()
        with gr.Column(elem_id="chat"):
            chatbot = _chatbot(shelf)
            question = _question()
        with gr.Column(elem_id="panel"):
            viewer = _viewer(shelf.engine)
    # Filled in by the browser each time a question is sent: the ids of the ticked documents.
    selection = gr.JSON(value=[], visible=False)
    # The same of how this visitor wants answers.
    choice = gr.JSON(visible=False)
    # Handed to the browser to be saved: an exported conversation.
    file = gr.JSON(visible=False)
    # Told to the browser: whether a complaint was saved.
    notice = gr.JSON(visible=False)
    # Told to the browser: what is being read, and what became of a file.
    state, outcome = gr.JSON(visible=False), gr.JSON(visible=False)
    documents = DocumentParts(chatbot, adder, library, state, outcome)
    return Parts(
        *(chatbot, question, selection, choice, top), *(viewer, history, documents, file, notice)
    )


def _chatbot(shelf: Shelf) -> "gr.Chatbot":
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
        placeholder=welcome_markdown(
            shelf.engine.documents(), shelf.folder.name, may_add=shelf.files is not None
        ),
        examples=[{"text": suggestion} for suggestion in shelf.suggestions],
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


def _adder(shelf: Shelf) -> "gr.HTML":
    import gradio as gr

    return gr.HTML(
        adder_html(shelf),
        elem_id="adder",
        apply_default_css=False,
        js_on_load="window.assistantPage.connectDocuments((known) => trigger('refresh', known), "
        "(file) => trigger('add_file', file), (wanted) => trigger('remove_file', wanted))",
    )


def _library() -> "gr.HTML":
    import gradio as gr

    return gr.HTML(
        elem_id="library",
        apply_default_css=False,
        js_on_load="window.assistantPage.connectLibrary(watch)",
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
