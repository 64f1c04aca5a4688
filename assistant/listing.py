"""“List the dates”, “Which countries are mentioned?”, “Who is mentioned?”: read off. Pure.

What counts as one is a rule that can be said in a line, and the answer says it: a date is a day,
month or year written as such, a country one of CLDR's names, a person a name that is written as
those of people are. English rules.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache

from assistant.words import STOP_WORDS, plain
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

_OTHER_NAMES = {
    "US": "United States",
    "U.S.": "United States",
    "USA": "United States",
    "America": "United States",
    "UK": "United Kingdom",
    "U.K.": "United Kingdom",
    "Britain": "United Kingdom",
    "Great Britain": "United Kingdom",
    "Turkey": "Türkiye",
    "Czech Republic": "Czechia",
    "Ivory Coast": "Côte d’Ivoire",
    "Burma": "Myanmar (Burma)",
    "Holland": "Netherlands",
}

_TITLE = (
    r"Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Prof(?:essor|\.)?|Sir|Lord|Lady|King|Queen|Prince(?:ss)?|Pope|Saint|"
    r"Emperor|Empress|Duke|Count|President|Minister|Chancellor|Secretary|Senator|Governor|General|"
    r"Admiral|Captain|Colonel|Judge|Justice|Ambassador|Director|Chairman|CEO|Leader|Author"
)
_NO_PERSON = re.compile(
    rf"""\b(?:{_MONTH}|Forts?|Lakes?|Mounts?|New|Wars?|University|College|School|Services?|Studies|
    Corporation|Inc|Ltd|Empire|Kingdom|Republic|County|Company|Church|House|Street|Avenue|North|
    South|East|West|Creek|Rivers?|Islands?|Bay|Party|Union|Council|Court|Act|Treaty|Protocol|Plan|
    Association|Institute|Foundation|Department|Ministry|Office|Movement|League|Alliance|Defen[cs]e|
    Nations?|States?|City|Park|Bridge|Centre|Center|Museum|Library|Bank|Group|Commission|Committee|
    Agency|Times|Post|Journal|Press|Conference|Summit|Army|Navy|Battle|Revolution)\b""",
    re.VERBOSE,
)
_ROLE = (
    r"minister|president|leader|chancellor|king|queen|emperor|founder|author|director|professor|"
    r"historian|philosopher|economist|scientist|writer|poet|general|bishop|politician|chairman"
)
_OPENERS = frozenset("after before beyond since despite although unlike both".split())
WINDOW = 200
"""Characters around a name that are looked at."""
_PART = r"[A-ZÀ-Þ](?:[a-zà-ÿ-]+|\.)(?:[A-ZÀ-Þ][a-zà-ÿ]+)?"
_FULL_NAME = re.compile(rf"\b{_PART}(?:\ (?:de|di|van|von|der|al|bin|da|du|la)?\ ?{_PART}){{1,4}}")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|President|Prime Minister|Premier|Chancellor|Senator|Pope)\.? "
    r"([A-ZÀ-Þ][a-zà-ÿ]+(?:[A-ZÀ-Þ][a-zà-ÿ]+)?)(?![\w-])(?! [A-ZÀ-Þ])"
)
_SAYS = (
    r"said|says|told|argue[sd]|wrote|writes|claim(?:s|ed)|add(?:s|ed)|insist(?:s|ed)|warn(?:s|ed)|"
    r"announced|declared|explain(?:s|ed)|believe[sd]|think[s]?|thought|was\ born|died"
)
_BEFORE_PERSON = re.compile(rf"\b(?:{_TITLE}|(?:{_ROLE}),?|said|says|told|asked)\s$")
_AFTER_PERSON = re.compile(
    "|".join(
        (
            r", \d\d,",
            r" \((?:born|c\.|\d{4})",
            rf",? (?:{_SAYS})\b",
            r",? who\b",
            r", (?:the|an?|whose|then) ",
            r"[^.]*\.\s(?:He|She|His|Her)\b",
            r"(?:’s|'s)?\b[^.]{0,60}\b(?:he|she|his|her)\b",
        )
    )
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
        Listed.COUNTRIES: _countries,
        Listed.PEOPLE: _people,
    }
    return list(finders[kind](text))


def surnames_in(text: str) -> list[str]:
    """The single names that ``text`` writes with a title: “President Biden”, “Mr. Draghi”.

    >>> surnames_in("It makes Mr. Draghi’s job harder than President Joe Biden’s.")
    ['Draghi']
    """
    names = (found.group(1) for found in _TITLED.finditer(text))
    return [name for name in names if may_be_person(name)]


def may_be_person(name: str) -> bool:
    """Whether ``name`` is not for sure that of something else: a country, an office, a court.

    >>> may_be_person("Luigi Di Maio"), may_be_person("Prime Minister"), may_be_person("Italy")
    (True, False, False)
    """
    _, country = _country_names()
    other = _NO_PERSON.search(name) or country.search(name) or re.search(rf"\b(?:{_TITLE})\b", name)
    return not other


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


def _countries(text: str) -> Iterator[tuple[str, int]]:
    names, pattern = _country_names()
    return ((names[m.group()], m.start()) for m in pattern.finditer(text))


@cache
def _country_names() -> tuple[Mapping[str, str], re.Pattern[str]]:
    from babel import Locale

    regions = Locale("en").territories
    named = {name: name for code, name in regions.items() if _is_country(code)} | _OTHER_NAMES
    longest_first = sorted(named, key=lambda name: -len(name))
    alternatives = "|".join(re.escape(name) for name in longest_first)
    return named, re.compile(rf"(?<![\w-])(?:{alternatives})(?!\w)")


def _is_country(code: str) -> bool:
    """Not a continent (three digits), nor a union or one of CLDR's own codes."""
    return len(code) == 2 and code not in {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}


def _people(text: str) -> Iterator[tuple[str, int]]:
    """Names that are written as a person's somewhere, and nowhere with an article."""
    places: dict[str, list[int]] = {}
    people, others = set(), set()
    for found in _FULL_NAME.finditer(text):
        name, start = _without_titles(found.group(), found.start())
        if " " not in name:
            continue
        places.setdefault(name, []).append(start)
        before = text[max(start - WINDOW, 0) : start]
        if re.search(r"\b(?:[Tt]he|[Aa]n?)\ $", before):
            others.add(name)
        elif _names_a_person(before, name, text[found.end() : found.end() + WINDOW]):
            people.add(name)
    return ((name, at) for name in places if name in people - others for at in places[name])


def _without_titles(name: str, start: int) -> tuple[str, int]:
    """The name after the last title in it: “Italian Prime Minister Mario Draghi”."""
    at = max((m.end() for m in re.finditer(rf"\b(?:{_TITLE})\s", name)), default=0)
    first = name[at:].split(" ", 1)[0]
    if first.lower() in STOP_WORDS | _OPENERS:  # “There Céloron …”, “The Duchy”
        at += len(first) + 1
    return name[at:], start + at


def _names_a_person(before: str, name: str, after: str) -> bool:
    """Whether a name is written here as those of people are.

    Args:
        before: the text just before it.
        name: two or more words.
        after: the text just after it.
    """
    _, country = _country_names()
    if _NO_PERSON.search(name) or country.search(name):
        return False
    return bool(_BEFORE_PERSON.search(before) or _AFTER_PERSON.match(after))
