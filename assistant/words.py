"""What all rules on the wording of a question share. Pure, English."""

import re

WORK = (
    r"(?:articles?|documents?|texts?|files?|pdfs?|papers?|pieces?|pages?|stor(?:y|ies)|essays?"
    r"|books?|reports?|op-?eds?)"
)
"""What a document may be called, whatever it is about."""
_WELCOME = r"(?:(?:hi|hello|hey|good\s+(?:morning|afternoon|evening))\b(?:\s+(?:there|all))?\W+)"
_TO_TELL = (
    r"(?:tell|list|name|explain|describe|summari[sz]e|outline|recap|sum\s+up|quote|define|compare"
    r"|elaborate|expand|(?:give|show)\s+(?:me|us))\b"
)
"""What only the assistant is asked to do: “Can you give notice by e-mail?” is a question."""
_WANTS_TO_KNOW = (
    r"(?:(?:please\s+)?(?:tell|remind)\s+(?:me|us)|let\s+me\s+know|do\s+you\s+(?:happen\s+to\s+)?know"
    r"|i(?:\s+would|['’]d)\s+like\s+to\s+know|i\s+(?:want|need)\s+to\s+know"
    r"|i(?:\s+a|['’])m\s+wondering|i\s+wonder)"
)
_WH = r"(?:who|whom|whose|what|when|where|which|why|how)\b"
_BEFORE = re.compile(
    rf"""\W*+(?:{_WELCOME}(?=(?:\S+\s+){{2}}\S))?+
    (?:please\b\W++)?+
    (?:(?:can|could|would|will)\s+you\s+(?:(?:please|kindly|also|just)\s+)*+(?={_TO_TELL}))?+
    (?:{_WANTS_TO_KNOW}[\s,:]++(?=(?:(?:in|on|at|to|for|from|by|with|about)\s+)?+{_WH}))?+
    (?=\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_AFTER = re.compile(r"(?<=\w)[\s,]+please(?=\W*$)", re.IGNORECASE)


def without_courtesy(text: str) -> str:
    """``text`` without what only makes a question of it, or a polite one.

    >>> without_courtesy("Hello, could you please tell me who runs the harbour?")
    'who runs the harbour?'
    >>> without_courtesy("Can you swim there?"), without_courtesy("Please")
    ('Can you swim there?', 'Please')
    """
    begun = _BEFORE.match(text)
    asks = bool(begun and re.search(r"\w", begun.group()))
    return _AFTER.sub("", text[begun.end() :] if begun and asks else text)


def plain(text: str) -> str:
    """``text`` as rules compare it: without courtesy, with single spaces and plain apostrophes.

    >>> plain("What’s  this about,  please?")
    "What's this about?"
    """
    return without_courtesy(" ".join(text.replace("’", "'").split()))
