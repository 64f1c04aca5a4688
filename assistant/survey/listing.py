"""“List the dates”, “Which countries are mentioned?”, “Who is mentioned?”: read off. Pure.

What counts as one is a rule that can be said in a line, and the answer says it: a date is a day,
month or year written as such, a country one of CLDR's names, a person a name that is written as
those of people are. English rules.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

from assistant.wording.countries import countries_in
from assistant.wording.people import people_in
from assistant.wording.words import plain
from index.types import Sentence


class Listed(StrEnum):
    """What can be listed."""

    DATES = "dates"
    COUNTRIES = "countries"
    PEOPLE = "people"


RULES = {
    Listed.DATES: "days, months and years written as such",
    Listed.COUNTRIES: "names of countries, not of their people or capitals",
    Listed.PEOPLE: "names of two or more words that are written as those of people are",
}
"""What is counted, in the words of the answer."""

_THING = r"(?:all\ (?:of\ )?)?(?:the\ )?(dates|years|countries|nations|people|persons)"
_SPOKEN = (
    r"(?:\ (?:that\ |which\ |who\ )?(?:(?:is|are|was|were)\ )?(?:mentioned|named|given|listed))"
)
_WHERE = (
    r"(?:\ (?:in|of|from)\ (?:(?:this|the|these|all|your|my)\ )*(?:it|them|here|articles?|texts?|"
    r"documents?|files?|papers?|reports?|folder|books?|pages?|stor(?:y|ies)|notes?|collection))?"
)
_ASKS = re.compile(
    rf"""(?:
    (?:list|name|enumerate|show(?:\ me)?|give(?:\ me)?|find)\ {_THING}{_SPOKEN}?{_WHERE}
    |(?:what|which)\ {_THING}{_SPOKEN}{_WHERE}
    |what(?:'re|\ are)\ {_THING}{_SPOKEN}?{_WHERE}
    |who\ (?:all\ )?(?:is|are)\ (?:mentioned|named){_WHERE}
    )[\s?.!]*""",
    re.IGNORECASE | re.VERBOSE,
)
_DOCUMENTS = re.compile(
    r"""(?:
    (?:what|which)\ (?:documents?|files?|texts?|articles?|sources?)
        (?:\ are\ (?:there|here|these|those|available|loaded|indexed|in\ (?:it|here|the\ folder))
        |\ (?:do|can|did)\ (?:you|we|i)\ (?:have|know|see|read|hold|use|search|ask(?:\ about)?)
        |\ does\ (?:it|the\ folder|this\ folder)\ (?:have|hold|contain))
    |(?:list|name|show(?:\ me)?)\ (?:all\ )?(?:of\ )?(?:the\ |your\ |my\ )?
        (?:documents|files|sources)
    |how\ many\ (?:documents|files)\ (?:are\ (?:there|in\ the\ folder)|do\ (?:you|we|i)\ have)
    |what('s|\ is)\ in\ (?:the|this|my)\ (?:folder|library|collection)
    )(?:\ here|\ in\ (?:here|it|the\ folder)|\ now)*[\s?.!]*""",
    re.IGNORECASE | re.VERBOSE,
)
_KINDS = {
    "dates": Listed.DATES,
    "years": Listed.DATES,
    "countries": Listed.COUNTRIES,
    "nations": Listed.COUNTRIES,
}

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.|Feb\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)"
)
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_BEFORE_YEAR = "in of by to since from until the before after early late between during mid".split()
_YEAR_ALONE = "|".join(
    rf"(?<=\b[{word[0].upper()}{word[0]}]{word[1:]}\ ){_YEAR}s?" for word in _BEFORE_YEAR
)
_DATE = re.compile(
    rf"""(?<![\w.,-])(?:
    {_YEAR}-\d\d-\d\d
    |\d{{1,2}}(?:st|nd|rd|th)?\ (?:of\ )?{_MONTH}(?:,?\ {_YEAR})?
    |{_MONTH}\ \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\ {_YEAR})?
    |{_MONTH},?\ {_YEAR}
    |{_YEAR_ALONE}
    |(?<=\(){_YEAR}(?=[)–-])
    |{_YEAR}s
    )(?![\w%])""",
    re.VERBOSE,
)


def asks_for_documents(question: str) -> bool:
    """Whether it asks which documents there are.

    >>> asks_for_documents("What documents are there?"), asks_for_documents("What files leaked?")
    (True, False)
    """
    return bool(_DOCUMENTS.fullmatch(plain(question)))


def kind_asked_for(question: str) -> Listed | None:
    """What is to be listed; None where the question asks for something else.

    >>> kind_asked_for("Which countries are mentioned?"), kind_asked_for("Which countries agreed?")
    (<Listed.COUNTRIES: 'countries'>, None)
    """
    found = _ASKS.fullmatch(plain(question))
    if not found:
        return None
    word = next((group for group in found.groups() if group), "people")
    return _KINDS.get(word.lower(), Listed.PEOPLE)


def listed_in(kind: Listed, text: str) -> list[tuple[str, int]]:
    """Each thing of that kind in ``text`` and where it stands, as often as it stands there.

    >>> listed_in(Listed.DATES, "In May 2022 Rome voted.")
    [('May 2022', 3)]
    """
    finders: Mapping[Listed, Callable[[str], Iterator[tuple[str, int]]]] = {
        Listed.DATES: _dates,
        Listed.COUNTRIES: countries_in,
        Listed.PEOPLE: people_in,
    }
    return list(finders[kind](text))


def sentence_at(sentences: Sequence[Sentence], place: int) -> Sentence | None:
    """The sentence that the offset ``place`` of the document is in; None between two."""
    return next((s for s in sentences if s.start <= place < s.end), None)


def summary_of_list(
    kind: Listed, found: int, shown: int, documents: int, *, goes_on: bool = False
) -> str:
    """What was counted, in a sentence.

    Args:
        kind: of the things.
        found: how many different ones.
        shown: how many of them are listed.
        documents: how many were looked through.
        goes_on: some were shown before.
    """
    where = f"The {documents} documents name" if documents > 1 else "The document names"
    many = f"{found} {kind}" if found > 1 else f"1 of the {kind}"
    first = "first" if kind is Listed.DATES else "most frequent"
    first = "next" if goes_on else first
    some = f"; the {shown} {first}" if shown < found else ""
    return f"{where} {many} ({RULES[kind]}){some}. In brackets how often, then where first:"


def _dates(text: str) -> Iterator[tuple[str, int]]:
    return ((m.group(), m.start()) for m in _DATE.finditer(text))
