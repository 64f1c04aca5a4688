"""What a question takes from the conversation before it. Pure, English rules."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.compose import REFUSAL, without_sources
from assistant.types import Turn
from assistant.understand.kinds import Kind, kind_of
from assistant.understand.moves import asks_for_more, only_repeats, without_opener
from assistant.understand.question import Question, Terms, content_terms, understand
from assistant.wording.answer_type import AnswerType, answer_type_of
from assistant.wording.people import may_be_person
from assistant.wording.words import STOP_WORDS

_POINTING = (
    "he|she|it|they|him|her|them|his|hers|its|their|theirs|this|that|these|those|former|latter|same"
)
_POINTS = re.compile(rf"\b({_POINTING})\b", re.IGNORECASE)
"""What stands for something, in the turn before if not in the question."""
_REFERS = re.compile(
    rf"\b({_POINTING}|there|then|one|ones|other|others|another|else|more|the rest(?! of))\b"
    r"|\b(some|any|none|both)\b(?=\W*$|\s+(over|back|left|up|off|too|already|yet|of\s+(it|them))\b)",
    re.IGNORECASE,
)
_CONTINUES = re.compile(
    r"^\W*((and|but|so|also|then|really|what (about|if)|how about|how so|are you sure)\b|no,"
    r"|(why( not)?|when|where|who|how (come|many|much|long|soon|often|far|old|big))\W*$)"
    r"|\b(if|unless|once|when)\s+\w+\s+(do|does|did|can|could|will|is|are)(n['’]t|\s+not)?\W*$",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(
    r"""^\W*(
    (since|until|till|by|for|in|on|at|to|from|with|of|under|against|about|than)\ (what|which|whose|
        whom?|how|when|where)(\ [\w’'-]++){0,2}
    |why\ so(\ [\w’'-]++){1,2}
    |(any|anyone|anybody|which|how\ (many|much))\ [\w’'-]++
    |(do|does|did|is|are|was|were|has|have|had|will|would|can|could|should)(\ the)?\ [\w’'-]++
    )\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""Without a verb of its own, or what it is about: “By what margin?”, “How many refused?”, “Did the
minister?”.
"""
_AND_WHO = re.compile(
    r"^\W*(and|but|or|what about|how about|and what about)\s+"
    r"(?P<who>[\w’'-]+(\s+[\w’'-]+){0,3})\W*$",
    re.IGNORECASE,
)
"""“And Biden?”"""
_WHO_IS_THAT = re.compile(
    r"((and|so|but|ok|okay)\W+)?who(\s+is|['’]s|\s+was)\s+(that|this|he|she)(\s+(again|then))?\W*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"“([^”]*)”")
_EMPTY = frozenset(
    "ok okay oh right well now next back one ones other others another else before again".split()
)
"""Beside stop words, what says nothing of what a question is about."""
_MEASURES = frozenset(
    "cost costs price hour hours day days week weeks month months year years time date"
    " big deep far fast heavy high long often old soon tall wide".split()
)
"""What a detail is measured in, and asked for with."""
_DETAILS = frozenset((AnswerType.NUMBER, AnswerType.TIME, AnswerType.PLACE, AnswerType.PERSON))
LEAST_OWN = 2
"""Words that carry meaning in a question about something new: one alone (“And the fare?”) may be
asked of what was spoken of."""
LEAST_NAMED = 3
"""Such words before a pronoun, for it to stand for them and not for something said before: “Did the
chain ferry to Sandgate get its licence?”"""
_REPLIES = frozenset(("yes", "no"))
PERSONAL = re.compile(r"\b(he|she|him|his|hers?|himself|herself)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\b(he|she)\b", re.IGNORECASE)
_WHO_IS = re.compile(r"\b(?i:who(['’]s|\s+(is|was)))\s+[A-ZÀ-Þ]")
_NAME = re.compile(r"\b[A-ZÀ-Þ][\w’'-]*(?:\s+(?:of\s+|de\s+|van\s+)?[A-ZÀ-Þ][\w’'-]*)*")
POSSESSIVE = re.compile(r"['’]s?$")
"""Ends the name of whose something is."""
_WORD = re.compile(r"[\w’'-]+")
_NOTHING = Turn("", "")
_MARKER = re.compile(r"\[\d+\]")
MAX_NAMES = 3
MOST_TURNS = 20
"""The last ones, which are read: what a question refers back to is seldom far back."""


def repeated(text: str, history: Sequence[Turn]) -> tuple[str, Sequence[Turn]]:
    """The question that is really asked, and the turns before it.

    Where ``text`` only asks for an answer again, that is the last one that asked for something.
    Of the turns before, those that asked for nothing, such as thanks, are left out (one blank turn
    says that there were some), openers and courtesy are taken off, and “tell me more” is replaced
    by the question that it went on from.

    >>> repeated("Are you sure?", [Turn("How old is Draghi?", "“At 74 years old …” [1]")])
    ('How old is Draghi?', [])
    """
    turns = [replace(t, question=without_opener(t.question)) for t in history]
    asking = [t for t in turns if _asks_something(t.question)]
    asked = _gone_on_from([t for t in asking if not only_repeats(t.question)])[-MOST_TURNS:]
    if asked and only_repeats(text):
        return asked[-1].question.strip(), asked[:-1]
    return text, asked or asking[:1] or [_NOTHING][: len(turns)]


def pointed_at(text: str, history: Sequence[Turn]) -> str:
    """“Who is that?” with the name, where the answer before quotes one person that was not asked
    about; any other ``text`` as it is.

    >>> pointed_at("Who is that?", [Turn("Was anyone hurt?", "“Ewan Laird broke a leg.” [1]")])
    'Who is Ewan Laird?'
    """
    if not history or not _WHO_IS_THAT.fullmatch(text.strip()):
        return text
    last = history[-1]
    quoted = " ".join(_QUOTED.findall(last.answer)) or said_in(last)
    people = [name for name in names_in(quoted) if " " in name and may_be_person(name)]
    new = [name for name in people if name.split()[-1] not in last.question]
    return f"Who is {new[0]}?" if len(new) == 1 else text


def _gone_on_from(turns: Sequence[Turn]) -> list[Turn]:
    """``turns``, those that only ask for more with the question that they go on from."""
    named: list[Turn] = []
    for turn in turns:
        goes_on = named and asks_for_more(turn.question)
        named.append(replace(turn, question=named[-1].question) if goes_on else turn)
    return named


def _asks_something(text: str) -> bool:
    return bool(text.strip()) and kind_of(text) not in (Kind.GREETING, Kind.THANKS, Kind.HELP)


def in_conversation(text: str, terms: Terms, history: Sequence[Turn]) -> Question:
    """The question in ``text``, with what it takes from earlier turns.

    Args:
        text: what the user wrote, not empty.
        terms: the index's stemmer.
        history: earlier turns, oldest first.
    """
    context = context_of(text, history)
    question = understand(
        text,
        terms,
        context=context,
        before=before_of(context, history),
        referents=referents_of(text, history),
    )
    if not context:
        return question
    last = history[-1]
    said = said_in(last)
    turn = frozenset(content_terms(f"{last.question} {said}", terms))
    return replace(
        question, said=frozenset(terms(said)), turn=turn, is_elliptic=_asks_for_detail(text)
    )


def _asks_for_detail(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    is_bare = all(w in STOP_WORDS or w in _MEASURES for w in words)
    return answer_type_of(text) in _DETAILS and (is_bare or bool(_UNFINISHED.search(text)))


def context_of(question: str, history: Sequence[Turn]) -> str:
    """Words to search for beside the question's own: none when it stands alone.

    Args:
        question: what the user wrote.
        history: earlier turns, oldest first.
    """
    if not history or not refers_back(question) or _stands_alone(question):
        return ""
    last = history[-1]
    asked = [w for w in _WORD.findall(last.question) if w.lower() not in STOP_WORDS]
    if refers_back(last.question) and len(history) > 1:  # a chain of follow-ups
        asked += context_of(last.question, history[:-1]).split()
    return " ".join(dict.fromkeys([*asked, *names_in(said_in(last))[:MAX_NAMES]]))


def said_in(turn: Turn) -> str:
    """What the answer said, without its markers and the titles of its sources: they name what it is
    from, and not what it is about. Nothing where it is a refusal.
    """
    answer = "" if turn.answer.startswith(REFUSAL) else without_sources(turn.answer)
    return _MARKER.sub("", answer)


def may_be_new(text: str) -> bool:
    """Whether a question that refers back says enough to be about something new nevertheless.

    >>> may_be_new("And when was the tower painted?"), may_be_new("And when was it painted?")
    (True, False)
    """
    points = _POINTS.search(text)
    said, least = (text[: points.start()], LEAST_NAMED) if points else (text, LEAST_OWN)
    words = [w.lower() for w in re.findall(r"\w+(?:-\w+)*", said)]
    return sum(w not in STOP_WORDS and w not in _EMPTY for w in words) >= least


def before_of(context: str, history: Sequence[Turn]) -> str:
    """The question before, and after it the other words of ``context``: a reader sees how they
    belong together. Empty without ``context``, the words that ``context_of`` gives.
    """
    if not context:
        return ""
    asked = history[-1].question.split()
    known = set(_WORD.findall(history[-1].question))
    return " ".join([*asked, *(word for word in context.split() if word not in known)])


def referents_of(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """What may name the person that “he” or “she” in ``question`` stands for, the likeliest first.

    - “How old is he?”: the last question, then its answer; both at once where that asked who.
    - “And Biden?”, or “How old is Biden?” after that of another: Biden; no answer is about another.
    - “And Draghi, how old is he?”: nothing, the question names him itself.

    Args:
        question: what the user wrote.
        history: earlier turns, oldest first.
    """
    if not history:
        return ()
    if other := named_alone(question) or _named_instead(question, history[-1].question):
        return (other,)
    if not PERSONAL.search(question) or _names_its_subject(question):
        return ()
    last = history[-1]
    said = said_in(last)
    asked = last.question
    if answer_type_of(asked) is AnswerType.PERSON and not _WHO_IS.search(with_capitals(asked)):
        asked = f"{asked}\n{said}"
    first, *earlier = referents_of(last.question, history[:-1]) or ("",)
    return (f"{asked}\n{first}".strip(), *earlier, said)


def named_alone(question: str) -> str:
    """The name in “And Biden?”; empty for any other question.

    Typed without capitals, any word may be one: no harm, as somebody of that name must be found.
    """
    other = _AND_WHO.match(question)
    words = other["who"].split() if other else []
    of_somebody = any(POSSESSIVE.search(word) for word in words)
    if of_somebody or STOP_WORDS.intersection(map(str.lower, words)):
        return ""
    return with_capitals(" ".join(words))


def _named_instead(question: str, before: str) -> str:
    """The one name in which a question differs from the one ``before``; else empty.

    >>> _named_instead("How old is Biden?", "How old is Draghi?")
    'Biden'
    """
    place, place_before = only_name(question), only_name(before)
    if not place or not place_before:
        return ""
    (name, start), (other, _) = place, place_before
    is_only = before.startswith(other, start) and question.replace(name, other, 1) == before
    return name if is_only and name != other and not POSSESSIVE.search(name) else ""


def only_name(text: str) -> tuple[str, int] | None:
    """The one name in ``text`` after its first word, with its offset; None where it has not one."""
    places = [(name, start) for name, start in name_places(text) if start]
    return places[0] if len(places) == 1 else None


def with_capitals(text: str) -> str:
    """``text``, in lines that were typed without a capital each word with one: it may be a name.

    >>> with_capitals("who is luigi di maio?"), with_capitals("Who is Draghi?")
    ('Who Is Luigi Di Maio?', 'Who is Draghi?')
    """
    lines = text.split("\n")
    return "\n".join(x if any(c.isupper() for c in x[1:]) else x.title() for x in lines)


def _names_its_subject(question: str) -> bool:
    """Whether there is a name before its “he”; the first word has a capital anyway (“Thanks”)."""
    subject = _SUBJECT.search(question)
    opening = len(question) - len(question.lstrip("\"'“‘ "))
    return bool(subject and any(opening < at < subject.start() for _, at in name_places(question)))


def _stands_alone(question: str) -> bool:
    """Whether all that it refers to is the person that it names, as in “And Draghi, how old is
    he?”.
    """
    return _names_its_subject(question) and not _REFERS.search(PERSONAL.sub("", question))


def refers_back(question: str) -> bool:
    """Whether the question needs what was said before to be understood."""
    if any(p.search(question) for p in (_CONTINUES, _UNFINISHED, _REFERS)):
        return True
    words = re.findall(r"\w+", question.lower())
    return sum(word not in STOP_WORDS for word in words) == 0


def names_in(text: str) -> list[str]:
    """Capitalised names in ``text``, most frequent first, then in order; no sentence openers."""
    counts: dict[str, int] = {}
    for name, _ in name_places(_MARKER.sub("", text)):
        counts[name] = counts.get(name, 0) + 1
    return sorted(counts, key=lambda name: -counts[name])


def name_places(text: str) -> Iterator[tuple[str, int]]:
    """Each capitalised name in ``text``, with the offset of its first letter, in order."""
    for match in _NAME.finditer(text):
        name = match.group()
        while name and (opener := name.split()[0]).lower() in STOP_WORDS:  # "Then Rome"
            name = name[len(opener) :].lstrip()
        if name and name.lower() not in _REPLIES:
            yield " ".join(name.split()), match.end() - len(name)
