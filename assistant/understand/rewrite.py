"""A follow-up that a language model rewrote: taken only when nothing was invented. Pure."""

import re
from collections.abc import Sequence

from assistant.types import Turn
from assistant.understand.question import Terms, content_terms

MAX_REWRITE_TOKENS = 80
LONGEST = 300
_LABEL = re.compile(r"^\W*((rewritten|stand-?alone|last) )?(question|query)\W*:\s*", re.IGNORECASE)


def accepted_rewrite(reply: str, question: str, history: Sequence[Turn], terms: Terms) -> str:
    """The question in ``reply``, or empty where it cannot be trusted.

    It must say everything that ``question`` says, and no word that is neither in there nor in the
    conversation; and what was asked must not become a statement.

    Args:
        reply: what the model wrote.
        question: as the user put it.
        history: the turns that the model knew.
        terms: the index's stemmer.
    """
    lines = [line.strip() for line in reply.strip().splitlines() if line.strip()]
    alone = _LABEL.sub("", lines[0]).strip(' "“”*`') if lines else ""
    if not alone or len(alone) > LONGEST or alone.lower() == question.strip().lower():
        return ""
    if question.rstrip().endswith("?") and alone.endswith("."):
        return ""
    said = set(content_terms(alone, terms))
    own = set(content_terms(question, terms))
    talk = " ".join(f"{turn.question} {turn.answer}" for turn in history)
    known = own | set(content_terms(talk, terms))
    return alone if own <= said <= known else ""
