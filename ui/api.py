"""The page's ``/ask`` endpoint for programs: the same answer as the chat, as plain values."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from assistant.types import Answer
from ui.engine import Engine


def answer_record(answer: Answer) -> dict[str, Any]:
    """The answer with the field names of the Python API; ``answer`` repeats ``text``.

    Hits are left out: what was found but not cited is nothing to rely on.
    """
    return {
        "question": answer.question,
        "answer": answer.text,
        "text": answer.text,
        "refused": answer.refused,
        "confidence": answer.confidence,
        "citations": [asdict(citation) for citation in answer.citations],
        "notices": list(answer.notices),
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "incomplete": answer.incomplete,
    }


def ask_function(engine: Engine) -> Callable[[str], dict[str, Any]]:
    """The endpoint's function; its docstring is what callers read in the API description."""

    def ask(question: str) -> dict[str, Any]:
        """Answer a question from the documents, with verbatim citations.

        Args:
            question: What to ask, in plain words.
        """
        import gradio as gr

        from index.errors import GroundedError

        try:
            return answer_record(engine.ask(question))
        except GroundedError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return ask
