"""How long an answer is asked to be: “in three points”, “in 100 words”. Pure, English rules."""

import re

MOST_SENTENCES = 12
WORDS_A_SENTENCE = 25
"""So many of the words that are asked for are one sentence."""
_NUMBERS = {
    word: number
    for number, words in enumerate(
        "a|single|one two|couple three four|few|several five six seven eight nine ten".split(), 1
    )
    for word in words.split("|")
}
_LENGTH = re.compile(
    r"\b(\d{1,4}|a(?=\s(?:short\s|brief\s)?(?:sentence|line|word))"
    rf"|{'|'.join(word for word in _NUMBERS if word != 'a')})\b(?:\sof)?"
    r"(?:[\s-]\w+){0,2}?[\s-](?:(words?)|sentences?|lines?|bullets?|points?|arguments?|ideas?"
    r"|takeaways?)\b",
    re.IGNORECASE,
)
"""“In three sentences”, “the 5 main points”, “in a few words”."""


def sentences_asked(text: str) -> int | None:
    """How many sentences an overview is asked to have; None where ``text`` does not say.

    >>> sentences_asked("Summarise it in two sentences"), sentences_asked("Sum it up in 100 words")
    (2, 4)
    """
    found = _LENGTH.search(text)
    if not found:
        return None
    number, in_words = found.groups()
    count = _NUMBERS.get(number.lower()) or int(number)
    asked = count // WORDS_A_SENTENCE if in_words else count
    return min(max(asked, 1), MOST_SENTENCES)
