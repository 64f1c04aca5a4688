"""Questions that name a topic and ask for nothing in particular about it. Pure, English rules."""

import re

from assistant.wording.words import says_what_about

_TELLS = r"(?:say|says|said|tell|tells|told|write|writes|wrote|report|reports|know|knows)"
_SPEAKER = (
    r"(?:it|you|they|text|article|documents?|author|writer|piece|paper|report|book|handbook|guide"
    r"|manual|policy|contract|agreement|minutes|memo|letter|study|chapter|section|page|file|faq)"
)
_TELLS_OF_A_TOPIC = tuple(
    re.compile(rf"\b{words}\b", re.IGNORECASE)
    for words in (r"(?:what|anything|everything|something|all)", _SPEAKER, _TELLS, "about")
)
"""One after the other: “what does it say about …”."""
_TOPIC = re.compile(
    rf"\b{_TELLS}\s+(?:me|us)\s+(?:\w+\s+)?about\b|^\W*what\s+about\b[^,]*$"
    rf"|^\W*(?:do|does|did)\s+(?:the\s+|this\s+|that\s+|these\s+)?{_SPEAKER}\s+mention\b",
    re.IGNORECASE,
)


_HERE = (
    r"(?:\s+in(?:to)?\s+(?:all\s+(?:of\s+)?)?"
    r"(?:this|that|it|here|(?:this|the)\s+(?:article|document|text|story|report|whole|affair)))?"
)
_WHOM = r"((?:(?!\bin\b).){2,60}?)"
_ROLE = re.compile(
    rf"(?:and\s+|so\s+)?(?:"
    rf"what\s+(?:role|part)\s+(?:do|does|did)\s+{_WHOM}\s+play{_HERE}"
    rf"|(?:how|where)\s+(?:do|does|did)\s+{_WHOM}\s+(?:come\s+in|fit\s+in|fit){_HERE}"
    rf"|how\s+(?:is|are|was|were)\s+{_WHOM}\s+involved{_HERE}"
    rf"|what\s+(?:do|does|did)\s+{_WHOM}\s+have\s+to\s+do\s+with\s+"
    r"(?:all\s+(?:of\s+)?)?(?:this|that|it)"
    r")[\s?.!]*",
    re.IGNORECASE,
)
"""“What role does Rome play in all this?” asks for what is said about Rome."""


def role_of(text: str) -> str:
    """Whose or what’s role a question asks for, where it does not say in what; empty for none.

    >>> role_of("What role does Rome play in all this?"), role_of("What role does she play?")
    ('Rome', '')
    """
    found = _ROLE.fullmatch(" ".join(text.split()))  # with single spaces it is linear
    whom = next(filter(None, found.groups()), "") if found else ""
    return whom if says_what_about(whom) else ""


def asks_for_topic(text: str) -> bool:
    """Whether a question names a topic and asks for nothing in particular about it.

    >>> asks_for_topic("What does it say about Hungary?"), asks_for_topic("Who governs Hungary?")
    (True, False)
    """
    return bool(_TOPIC.search(text) or _tells_of_a_topic(text) or role_of(text))


def _tells_of_a_topic(text: str) -> bool:
    end = 0
    for words in _TELLS_OF_A_TOPIC:
        found = words.search(text, end)
        if not found:
            return False
        end = found.end()
    return True


BARE_WORDS = 3
_ASKS_OR_TELLS = re.compile(
    r"\b(who(m|se)?|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could"
    r"|will|would|should|may|might|any\w*|list|name|tell|describe|explain|define|give|show|find|compare)\b",
    re.IGNORECASE,
)


def is_bare(text: str) -> bool:
    """Whether ``text`` is a few words and no question.

    >>> is_bare("oil embargo"), is_bare("hm?"), is_bare("Anything sweet?")
    (True, True, False)
    """
    return len(text.split()) <= BARE_WORDS and not _ASKS_OR_TELLS.search(text)
