"""What happens around the documents: they are drawn anew, added and removed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import GroundedError
from ui.escape import one_line
from ui.library import library_html, welcome_markdown
from ui.settings import model_fields
from ui.shelf import Shelf

if TYPE_CHECKING:
    import gradio as gr


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """The components that the documents are in."""

    chatbot: "gr.Chatbot"
    """Welcomes with what there is to ask."""
    adder: "gr.HTML"
    library: "gr.HTML"
    state: "gr.JSON"
    outcome: "gr.JSON"


def connect_documents(shelf: Shelf, parts: DocumentParts, at_once: dict[str, Any]) -> None:
    """Give the components their behaviour; ``at_once`` is for events that wait for nothing."""
    import gradio as gr

    def refresh(event: gr.EventData) -> tuple[object, ...]:
        state = state_record(shelf)
        if getattr(event, "known", None) == state["version"]:
            return gr.skip(), gr.skip(), state
        return (*drawn_documents(shelf), state)

    def add(event: gr.EventData) -> dict[str, object]:
        path, name = getattr(event, "path", ""), getattr(event, "name", "")
        return add_file(shelf, str(path), str(name))

    def remove(event: gr.EventData) -> dict[str, object]:
        return remove_file(shelf, str(getattr(event, "document", "")))

    drawn = [parts.library, parts.chatbot, parts.state]
    parts.adder.refresh(refresh, None, drawn, **at_once).then(
        None, parts.state, js="(state) => window.assistantPage.refreshed(state)", **at_once
    )
    told = "(outcome) => window.assistantPage.changed(outcome)"
    for event, function in ((parts.adder.add_file, add), (parts.adder.remove_file, remove)):
        event(function, None, parts.outcome, **at_once).then(
            None, parts.outcome, js=told, **at_once
        )


def drawn_documents(shelf: Shelf) -> "tuple[str, gr.Chatbot]":
    """The list of documents, and the welcome in the empty conversation."""
    import gradio as gr

    may_add = shelf.files is not None
    version, documents = shelf.version, shelf.engine.documents()
    library = library_html(documents, shelf.engine.skipped(), version, may_remove=may_add)
    welcome = welcome_markdown(documents, shelf.folder.name, may_add=may_add)
    examples = [{"text": suggestion} for suggestion in shelf.suggestions]
    return library, gr.Chatbot(placeholder=welcome, examples=examples)  # type: ignore[arg-type]


def state_record(shelf: Shelf) -> dict[str, object]:
    """What the browser is told: version, what is being read, what is wrong, and who writes."""
    progress = shelf.progress
    reading = progress and {
        "name": one_line(progress.current, 120),
        "number": min(progress.files_done + 1, progress.files_total),
        "total": progress.files_total,
        "share": round(progress.share, 3),
    }
    return {
        "version": shelf.version,
        "reading": reading,
        "fault": one_line(shelf.fault),
        "model": one_line(shelf.engine.model_name, 120),
        "llm": model_fields(shelf.engine.settings.llm) if shelf.is_local else None,
    }


def add_file(shelf: Shelf, path: str, name: str) -> dict[str, object]:
    """Add the file that arrived at ``path``; what to tell whoever sent it as ``name``."""
    try:
        added = shelf.add(path, name)
    except GroundedError as error:
        return {"done": False, "document": "", "text": str(error)}
    document, plain = added.document_id, one_line(name, 120)
    if not added.is_new:
        return {"done": True, "document": "", "text": f"{document} is there already."}
    text = f"{document} is saved, and will be read in a moment."
    if document != name:
        text = f"There is another {plain} already: this one is saved as {document}."
    return {"done": True, "document": document, "text": text}


def remove_file(shelf: Shelf, document: str) -> dict[str, object]:
    """Remove a document; what to tell whoever asked for it."""
    try:
        path = shelf.remove(document)
    except GroundedError as error:
        return {"done": False, "document": "", "text": str(error)}
    place = str(path) if shelf.is_local else f"{shelf.removed_place}, as {path.name}"
    return {"done": True, "document": "", "text": f"{one_line(document, 120)} is now {place}."}
