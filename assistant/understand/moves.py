"""What a message does in a conversation beside asking something new: it opens, corrects, asks for
the same again, for less, for more. Pure, English rules.
"""

import re

from assistant.wording.words import plain, without_courtesy

_PART = r"(sentence|passage|paragraph|section|chapter|page|part|place|line|document|file|source)"
_PAGE = r"(sentence|passage|paragraph|chapter|page|document|file)"
_TEXT = r"(article|text|document|file|report|paper|page|source)"
_AGAIN = re.compile(
    rf"""^\W*(and\ |but\ |(can|could|would|will)\ you\ )*(
    (are\ )?you('re)?\ (really\ |quite\ |very\ |absolutely\ )?(sure|certain)
    |really|is\ (it|that|this)\ (really\ )?(so|true|right|correct)
    |(where|(in|on)\ (what|which)\ {_PART})\ (exactly\ )?(does|is)\ (it|this|that|the\ {_TEXT})
        \ (say|stated?|said)
    |where\ (exactly\ )?(did|do)\ you\ (find|read|see|get)(\ (it|that|this)\ from)?
    |which\ {_PART}\ (says|states)
    |((on|in|from)\ )?(which|what)\ {_PAGE}\ is\ (it|this|that)(\ (on|in|from))?
    |(on|in|from)\ (which|what)\ {_PAGE}
    |what('s|\ is)\ your\ (source|evidence|proof)|source
    |how\ (do|can)\ you\ know
    |(quote|cite|repeat|say|show\ me|give\ me)
        \ (it|that|this|(your|the)\ (exact\ )?({_PART}|quote|wording))
    )(\ (it|that|this|so))?(\ (for|about)\ (it|that|this))?
    (\ again|\ once\ more|\ exactly)?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Asks for the answer before once more, or to be shown where it stands."""
_SHORTER = re.compile(
    r"""^\W*+(please\W++|ok\W++|(can|could|would|will)\ you\ )*+(
    (make\ it\ |be\ |keep\ it\ )?(shorter|short|brief|briefer|concise)
    |(give\ me\ )?((a|the)\ )?(shorter|short|brief|briefer|concise)\ (answer|version)
    |(in|with)\ (short|brief|fewer\ words|one\ sentence|a\ sentence)
    |(say|put)\ (it|that)\ in\ (fewer\ words|one\ sentence|short)
    |(give\ me\ |i\ want\ )?(just|only)\ the\ (answer|number|name|date|figure|amount|facts?|sum)
    )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Asks for the answer before once more, in fewer words."""
_CORRECTION = re.compile(
    r"""^\W*+((no|nope|sorry|oops|wait|actually)\W++)*+(
    (i\ (mean|meant)(\ to\ ask(\ you)?)?|not\ that\W+but)\b
    |(?<=no,\ )(?=(about|on|in|at|of|for|from|the)\b)
    )\W*(?P<meant>\w.{,200})$""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""“No, I meant the deckhand”."""
_ASKS = re.compile(
    r"(who(m|se)?|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could"
    r"|will|would|should|tell|summari[sz]e|list|show|explain|describe|name|give|quote|compare)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"(it|that|this|these|those|i|you|he|she|we|they|there)\b|(on the contrary|for (now|example)"
    r"|of course|in (fact|short|general)|at (all|least))\b",
    re.IGNORECASE,
)
_OPENER = re.compile(
    r"""^\W*((ok|okay|right|so|now|well|anyway|and|but)\W+)*(
    ((to\ )?chang(e|ing)\ (of\ )?(the\ )?(topic|subject)|by\ the\ way|btw)(\s*[:,.–—]|\s+-+\s)
    |((a|an|one|another|new|next|different|last|final|quick)\ )+
        (question|topic|subject|thing)(\s*[:.–—]|\s+-+\s)
    )\s*""",
    re.IGNORECASE | re.VERBOSE,
)
"""“Change of topic:”, “by the way, …”."""
_IT = r"(\ (about|on|of)\ (it|this|that|these|those|them|him|her))"
_MORE = re.compile(
    rf"""^\W*+((ok|okay|yes|and|so|but|please|sure|well|thanks|thank\ you|great)\W++)*+
    ((can|could|would|will)\ you\ (please\ )?+)?+(
    ((tell|show|give)(\ (me|us))?|say|is\ there|do\ you\ have|i\ want|i(\ would|'d)\ like)?
        (\ to\ know)?\ ?
        ((some|any|a\ (little|bit))\ )?(more|further|anything\ (else|more))
        (\ (details?|information|info|facts?))?{_IT}?
    |(some\ |any\ |what\ )?(details?|particulars)({_IT})?
    |go\ on|continue|keep\ going|carry\ on|then|then\ what|what\ next
    |is\ that\ (all|everything|it)|what\ else\ is\ there\ to\ know{_IT}?
    |(elaborate|expand)({_IT})?|explain(\ (it|that|this))?(\ (more|further|in\ more\ detail))?
    |what\ (else|more)(\ (is\ there|does\ (it|he|she)\ say|do\ (they|you)\ (say|know)))?{_IT}?
    |(try|look)\ (it\ )?again|(give\ me\ )?another\ (answer|sentence|quote|passage)
    |(no\W++)?(that|this|it)('s|\ is|\ was)?\ (
        (doesn't|does\ not|didn't|did\ not)\ (really\ )?answer\ (my|the)\ question
        |(not|n't)\ (really\ )?(what\ i\ (asked|meant|wanted)(\ (for|to\ know|about))?
            |(an|the|my)\ (answer|question)|right|correct|helpful|true)
        |wrong|incorrect|false|nonsense|no\ (answer|help))
    |wrong(\ answer)?|not\ (helpful|what\ i\ (asked|meant|wanted)(\ (for|to\ know))?)
    )\W*(please|thanks|thank\ you)?\W*$""",
    re.IGNORECASE | re.VERBOSE,
)


def without_opener(text: str) -> str:
    """``text`` without what only says that something else is asked now, or is only polite.

    >>> without_opener("Different question: who runs the harbour?")
    'who runs the harbour?'
    >>> without_opener("No, I meant the mill")
    'And the mill?'
    """
    return without_courtesy(_corrected(_OPENER.sub("", text) or text))


def _corrected(text: str) -> str:
    """A correction as what is asked of the question before: “And the deckhand?”."""
    correction = _CORRECTION.match(text)
    meant = correction["meant"].strip() if correction else ""
    if not meant or _STATES.match(meant):
        return text
    return meant if _ASKS.match(meant) else f"And {meant.rstrip('?.! ')}?"


def asks_for_less(text: str) -> bool:
    """Whether ``text`` only asks for the answer before in fewer words.

    >>> asks_for_less("Shorter, please."), asks_for_less("What is shorter?")
    (True, False)
    """
    return bool(_SHORTER.match(plain(text)))


def only_repeats(text: str) -> bool:
    """Whether ``text`` only asks for the answer before once more, the same or shorter."""
    return _asks_again(text) or asks_for_less(text)


def _asks_again(text: str) -> bool:
    said = [words for part in re.split(r"[.?!]+", text) if (words := plain(part))]
    return bool(said) and all(_AGAIN.match(words) for words in said)


def asks_for_more(text: str) -> bool:
    """Whether ``text`` only asks to go on, or says that it was not answered.

    >>> asks_for_more("Can you tell me more about it?"), asks_for_more("Tell me more about Rome.")
    (True, False)
    """
    return bool(_MORE.match(plain(text)))
