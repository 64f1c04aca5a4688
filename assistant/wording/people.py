"""Names of people in a text, known by how they are written. Pure, English rules."""

import re
from collections.abc import Iterator

from assistant.wording.countries import has_country
from assistant.wording.dated import MONTH
from assistant.wording.words import STOP_WORDS

_TITLE = (
    r"Mr\.?|Mrs\.?|Ms\.?|Dr\.?|Prof(?:essor|\.)?|Sir|Lord|Lady|King|Queen|Prince(?:ss)?|Pope|Saint|"
    r"Emperor|Empress|Duke|Count|President|Minister|Chancellor|Secretary|Senator|Governor|General|"
    r"Admiral|Captain|Colonel|Judge|Justice|Ambassador|Director|Chairman|CEO|Leader|Author"
)
_NO_PERSON = re.compile(
    rf"""\b(?:{MONTH}|Forts?|Lakes?|Mounts?|New|Wars?|University|College|School|Services?|Studies|
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
_WINDOW = 200
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


def people_in(text: str) -> Iterator[tuple[str, int]]:
    """Names of people in ``text``, and where each stands: those that are written as a person's
    somewhere, and nowhere with an article.

    >>> list(people_in("Prime Minister Anna Berg, 52, met the Green Party."))
    [('Anna Berg', 15)]
    """
    places: dict[str, list[int]] = {}
    people, others = set(), set()
    for found in _FULL_NAME.finditer(text):
        name, start = _without_titles(found.group(), found.start())
        if " " not in name:
            continue
        places.setdefault(name, []).append(start)
        before = text[max(start - _WINDOW, 0) : start]
        if re.search(r"\b(?:[Tt]he|[Aa]n?)\ $", before):
            others.add(name)
        elif _names_a_person(before, name, text[found.end() : found.end() + _WINDOW]):
            people.add(name)
    return ((name, at) for name in places if name in people - others for at in places[name])


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
    other = _NO_PERSON.search(name) or re.search(rf"\b(?:{_TITLE})\b", name)
    return not other and not has_country(name)


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
    if _NO_PERSON.search(name) or has_country(name):
        return False
    return bool(_BEFORE_PERSON.search(before) or _AFTER_PERSON.match(after))
