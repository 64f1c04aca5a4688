"""What all rules on the wording of a question share. Pure, English."""

import re

STOP_WORDS = frozenset(
    """
    a about all also am an and any are as at be because been being but by can could did do
    does doing done for from get gets give given got had has have having he her here hers him
    his how i if in into is it its itself just let like many me more most much my of on or
    other our out over please really she should so some such tell than that the their them
    then there these they this those through to too under up us very was we were what when
    where which while who whom whose why will with would you your s t re ve ll d m don didn
    doesn isn wasn weren aren couldn wouldn shouldn know say says said mean actually
    exactly ever still now anyone someone something anything everyone everybody everything
    anybody somebody thing things kind sort happen happened article document text author according
    """.split()
)

GENERIC = frozenset(
    """
    person people man woman somebody someone job name kind type sort place time date year reason
    way number amount fact detail details information question answer answers
    summarise summarize summary overview explain describe compare list
    wrote write writes written writing writer author authors article document text
    documents articles texts files mention mentions mentioned often many much
    hi hello hey please thanks thank
    after before last next first come comes came go goes went gone make makes made take takes took
    taken use uses used put call called stand stands
    think thinks thought feel feels felt believe believes opinion opinions view views describe
    long new need needs needed little earlier later regarding concerning today currently
    """.split()
)
"""What a question is asked with, rather than about: that they stand nowhere explains nothing."""

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


_CONTRACTED = re.compile(
    r"\b(who|what|where|when|why|how)['’]s\b(?!\s+(been|got|had|become|gone|left)\b)", re.IGNORECASE
)


def uncontracted(text: str) -> str:
    """``text``, its “who’s” written out.

    >>> uncontracted("Who’s Clara, and what's new?")
    'Who is Clara, and what is new?'
    """
    return _CONTRACTED.sub(r"\1 is", text)


def looks_english(text: str) -> bool:
    """Whether a quarter of its words are common English ones, as in almost every question.

    >>> looks_english("How old is Draghi?"), looks_english("Wie alt ist Draghi?")
    (True, False)
    """
    words = re.findall(r"\w+", text.lower())
    return sum(word in STOP_WORDS for word in words) * 4 >= len(words)


def says_what_about(text: str) -> bool:
    """Whether a word in ``text`` carries meaning, so that there is something to look for.

    >>> says_what_about("How old is Draghi?"), says_what_about("Who is he?")
    (True, False)
    """
    return any(word not in STOP_WORDS for word in re.findall(r"\w+", text.lower()))
