"""A click on Dislike or "Wrong citation": from the message it belongs to, to a draft case.

The conversation comes from the browser, so all of it may be forged: the message must be an answer
to a question, and quotes are read anew from the documents.
"""

import logging

from assistant.feedback import Reason, complaint_case
from assistant.types import Answer, Citation
from index.errors import TroubleError
from ui.chat import Exchange, Messages, exchange_at
from ui.drafts import Drafts
from ui.engine import Engine
from ui.export import sources
from ui.render import answer_text

logger = logging.getLogger(__name__)

MAX_CITATIONS = 32
MAX_QUOTE_CHARACTERS = 4000
"""A longer one is no sentence that an answer of ours cited; it is left out."""

_NO_ANSWER = "There is no complete answer here: nothing was saved."


def complain(
    engine: Engine, drafts: Drafts, messages: Messages, index: object, reason: object
) -> dict[str, object]:
    """Save the complaint about the message at ``index``; what to tell the visitor.

    Gives ``index`` and ``reason`` back with ``saved``, true when the complaint is in the file,
    and a ``text`` to show.
    """
    saved, text = _complain(engine, drafts, messages, index, reason)
    return {"index": index, "reason": reason, "saved": saved, "text": text}


def _complain(
    engine: Engine, drafts: Drafts, messages: Messages, index: object, reason: object
) -> tuple[bool, str]:
    exchange = exchange_at(messages, index) if isinstance(index, int) else None
    answer = _answer(engine, exchange) if exchange else None
    if exchange is None or answer is None or reason not in list(Reason):
        return False, _NO_ANSWER
    case = complaint_case(answer, exchange.history, Reason(str(reason)))
    try:
        is_new = drafts.add(case)
    except TroubleError as error:
        logger.warning("%s: %s", drafts.path, error)
        return False, str(error)
    how = "Saved as a draft case" if is_new else "This complaint is saved already"
    return True, f"{how}: {case['id']} in {drafts.path.name}"


def _answer(engine: Engine, exchange: Exchange) -> Answer | None:
    """The answer as far as it can be told from its Markdown, or None for a mere remark."""
    text = answer_text(exchange.answer)
    if not text:
        return None
    found = sources(engine, exchange.answer)
    citations = tuple(
        Citation(
            source.number, source.document_id, source.document_id, source.start, source.end, quote
        )
        for source in found[:MAX_CITATIONS]
        if (quote := source.quote) and len(quote) <= MAX_QUOTE_CHARACTERS
    )
    return Answer(exchange.question, text, citations, refused=not found)
