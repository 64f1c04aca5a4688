"""What a question asks for: its kind, its content words, the type of answer. Pure, English rules.

The words are those of question answering since TREC: who asks for a person, when for a time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from assistant.words import plain
from index.errors import QuestionError

Terms = Callable[[str], list[str]]
"""Text to stems, as the index compares them."""


class Kind(StrEnum):
    """What to do with what the user wrote."""

    FACT = "fact"
    OVERVIEW = "overview"
    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"


class AnswerType(StrEnum):
    """What a sentence must hold to be able to answer."""

    PERSON = "person"
    TIME = "time"
    PLACE = "place"
    NUMBER = "number"
    REASON = "reason"
    YES_NO = "yes or no"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood."""

    text: str
    """As it is searched for: of itself when it stands alone, with what it refers to otherwise."""
    read: str
    """As the reader is given it: the same, but with the whole of what was asked before."""
    kind: Kind
    answer_type: AnswerType
    terms: tuple[str, ...]
    """Distinct stems of its content words, in order."""
    context: tuple[str, ...] = ()
    """Distinct stems that it takes from the conversation."""
    referents: tuple[str, ...] = ()
    """What was said before that may name the person that its “he” or “she” stands for, the
    likeliest first; empty where it has none, or names the person itself."""
    said: frozenset[str] = frozenset()
    """Stems of the answer before, where the question takes something from that turn."""
    turn: frozenset[str] = frozenset()
    """Stems of the content words of that turn."""
    is_elliptic: bool = False
    """Whether it asks for a detail of what was just said: “Until when?”, “How much is that?”."""

    @property
    def is_follow_up(self) -> bool:
        """Whether it takes something from the turn before."""
        return bool(self.context or self.turn)


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

_WELCOME = r"(hi|hello|hey|good (morning|afternoon|evening|day)|greetings)"
_EVERYONE = r"( there| all| everyone)?[\s!.,]*"
_SMALL_TALK = (
    r"(how are you( doing)?( today)?|how is it going|how do you do|nice to meet you"
    r"|((is )?any(one|body) |are you )(there|here)|what is up)"
)
_TO_ASK = r"((i have|i've got|can i ask( you)?|may i ask( you)?) (a|some|another|one) questions?)"
_GREETING = re.compile(
    rf"({_WELCOME}{_EVERYONE}[\s?!.,]*)?({_SMALL_TALK}|{_TO_ASK})[\s?!.]*|{_WELCOME}{_EVERYONE}",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"(?!(is|are|was|were)\b)"
    r"(?=.*\b(ok|okay|alright|all right|great|perfect|cool|excellent|awesome|wonderful|thanks?|thx|"
    r"cheers|understood|got it|helpful|makes sense|enough|that's all|bye|goodbye)\b)"
    r"((ok|okay|alright|great|perfect|good|nice|cool|fine|excellent|awesome|wonderful|thanks?|thx|"
    r"cheers|understood|got|it|helpful|helps|makes|sense|that|that's|this|is|oh|ah|no|all|right|you|"
    r"so|very|many|much|a|lot|everyone|enough|for|now|your|help|bye|goodbye)\b[^\w?']*)+",
    re.IGNORECASE | re.DOTALL,
)
_HELP = re.compile(
    rf"({_WELCOME}{_EVERYONE})?((can|could|would|will) you )?(please )?(help( me| us)?|"
    r"what (can|do|could) you (do|help( me| us)? with)|what are you able to do|"
    r"how (can|could|do) you help( me| us)?|who are you|what are you|"
    r"how do(es)? (you|this) work|how (can|do|should) i use (you|this)|"
    r"what can i ask( you)?( about)?|what can you tell( me| us)?)"
    r"( for (me|us)| here)*[\s?!.]*"
    r"|(yes|no|nope|yep|yeah|sure)[\s!.]*",
    re.IGNORECASE,
)
_TEXT = r"""((this|that|the|these|those|my|your)\ (\w+\ ){0,2}
    (articles?|documents?|texts?|files?|folder|papers?|piece|page|story|essay|book|report|op-?ed|
    collection|corpus|archive))"""
_WHOLE = rf"(it|this|that|{_TEXT})"
_AUTHORS = r"the\ (author|writer)"
_POINT = r"""(points?|arguments?|ideas?|messages?|themes?|topics?|thesis|claims?|takeaways?|
    conclusions?|subjects?|findings?|opinions?|views?|viewpoint|position|stance)"""
_MAIN = r"((main|key|central|overall|principal|general|final)\ )?"
_SAYS = r"(say|argue|think|believe|conclude|claim|suggest)"
_FEW = r"(a|an|one|two|three|four|five|ten|a\ few|a\ couple\ of|simple|plain|short|\d+)"
_OVERVIEW = re.compile(
    rf"""(
    what('s|\ is|\ are)\ {_WHOLE}(\ all|\ mainly)?\ (about|saying)
    |what('s|\ is)\ ((in|inside)\ )?{_TEXT}
    |what\ (does|do)\ {_WHOLE}\ ({_SAYS}|contain|cover|discuss|deal\ with|talk\ about|describe)
    |what\ (does|do)\ {_AUTHORS}s?\ ({_SAYS}|want(\ to\ say)?)(\ in\ {_TEXT})?
    |what('s|\ is|\ are)\ {_AUTHORS}(s'|'s)?\ {_MAIN}{_POINT}(\ (of|in|from)\ {_TEXT})?
    |(summari[sz]e|sum\ up|outline|recap)(\ {_WHOLE})?
    |(explain|describe|paraphrase|tell\ (me|us)\ ((all|more|something)\ )?about)\ {_TEXT}
    |((give|write|show|make|provide)\ )?(me\ )?((an?|the)\ )?((short|brief|quick)\ )?
        (summary|overview|outline|gist|tl;?dr)(\ of\ {_WHOLE})?
    |what('s|\ is|\ are)\ the\ {_MAIN}({_POINT}|gist|summary)(\ (of|in|from)\ {_WHOLE})?
    )(\ (for|to)\ me|\ briefly|\ in\ (brief|short)
        |\ in\ {_FEW}\ (\w+\ )?(words?|sentences?|paragraphs?|lines?|points?|terms))*[\s?!.]*""",
    re.IGNORECASE | re.VERBOSE,
)

_OVERVIEW_TRIGGER = re.compile(
    r"\b(summar(y|i[sz]e|ies)|overview|gist|takeaways?|tl;?dr|nutshell|"
    r"(main|key|central|overall) (points?|arguments?|ideas?|messages?|thesis|claims?|themes?))\b",
    re.IGNORECASE,
)
_OVERVIEW_FILLER = frozenset(
    """
    summary summarise summarize overview gist takeaway takeaways tl dr tldr nutshell main key
    central overall point points argument arguments idea ideas message messages thesis claim
    claims theme themes topic opinion view explain conclude conclusion conclusions whole entire
    short brief quick concise few couple one two three four five ten single sentence sentences
    paragraph line lines bullet bullets word words need want time read reading busy write make
    no only piece writer writer's author's page file story essay report book folder files
    documents articles
    """.split()
)
"""What may stand beside the trigger in a question about the whole; any other word narrows it."""

_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]+")
_TIME = re.compile(
    r"\b(\d{4}s?|\d{1,2}(st|nd|rd|th)|january|february|march|april|may|june|july|august|september|"
    r"october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|spring|"
    r"summer|autumn|winter|christmas|easter|century|centuries|decades?|years?|months?|weeks?|days?|"
    r"hours?|minutes?|today|yesterday|tomorrow|ago|during|until|since|before|after|eve)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(in|at|from|to|near|of|into|across|within|on|through)\s+(the\s+)?[A-ZÀ-Þ]")
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|hundreds?|"
    r"thousands?|millions?|billions?|half|quarter|thirds?|both|none|single|twice|percent)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(because|since|due|owing|so that|in order|reasons?|caus\w+|therefore|thus|hence|"
    r"as a result|result\w*|means?|meant|based on|thanks to|lead\w*|led|driven|explain\w*|"
    r"to \w+)\b",
    re.IGNORECASE,
)
_HOLDS = {
    AnswerType.PERSON: _NAME,
    AnswerType.TIME: _TIME,
    AnswerType.PLACE: _PLACE,
    AnswerType.NUMBER: _NUMBER,
    AnswerType.REASON: _REASON,
}

_ASKS = (
    (
        AnswerType.NUMBER,
        r"\bhow (many|much|old|far|long|tall|large|big|often|high|heavy|wide|deep|fast|soon)\b"
        r"|\bwhat (number|percent\w*|proportion|share|age|amount|fraction)\b",
    ),
    (AnswerType.TIME, r"\bwhen\b|\b(what|which) (year|date|day|month|time|century|decade)\b"),
    (
        AnswerType.PLACE,
        r"\bwhere\b|\b(what|which) (city|country|place|region|state|town|location)\b",
    ),
    (AnswerType.REASON, r"\bwhy\b|\bhow come\b|\bfor what reason\b|\bwhat (caused|causes)\b"),
    (AnswerType.PERSON, r"\bwho(m|se)?\b|\b(what|which) (person|people|politician|author)\b"),
    (
        AnswerType.YES_NO,
        r"^\W*(and |but |so |then )?(is|are|was|were|do|does|did|has|have|had|can|could|will|would"
        r"|should|may|might)\b",
    ),
)


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


_CONTRACTED = re.compile(
    r"\b(who|what|where|when|why|how)['’]s\b(?!\s+(been|got|had|become|gone|left)\b)", re.IGNORECASE
)


def uncontracted(text: str) -> str:
    """``text``, its “who’s” written out.

    >>> uncontracted("Who’s Clara, and what's new?")
    'Who is Clara, and what is new?'
    """
    return _CONTRACTED.sub(r"\1 is", text)


def understand(
    text: str,
    terms: Terms,
    *,
    context: str = "",
    before: str = "",
    referents: tuple[str, ...] = (),
) -> Question:
    """The question in ``text``.

    Args:
        text: what the user wrote, not empty.
        terms: the index's stemmer.
        context: words from the conversation that the question refers to.
        before: what they are from, as in ``before_of``.
        referents: as in ``Question``.
    """
    words = " ".join(text.split())
    if whom := role_of(words):
        words = f"What about {whom}?"
    own = content_terms(words, terms)
    text = f"{words} {context}".strip()
    return Question(
        text=text,
        read=f"{words} ({before})" if before else text,
        kind=kind_of(words),
        answer_type=answer_type_of(words),
        terms=own,
        context=tuple(t for t in content_terms(context, terms) if t not in own),
        referents=referents,
    )


def checked_question(text: str, longest: int) -> str:
    """``text`` without the space around it.

    Raises:
        QuestionError: it is empty, has more than ``longest`` characters, or is no valid Unicode.
    """
    if not text.strip():
        raise QuestionError("the question is empty; ask something about the documents")
    if len(text) > longest:
        raise QuestionError(
            f"the question has {len(text)} characters, at most {longest} are read; "
            "ask a shorter one"
        )
    check_unicode(text, "the question")
    return text.strip()


def check_unicode(text: str, what: str) -> None:
    """Python stands bytes that are no UTF-8 into text as lone surrogates, which no model reads.

    Raises:
        QuestionError: ``what`` has some.
    """
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise QuestionError(f"{what} is not valid Unicode; type it anew, or give it as UTF-8")


def looks_english(text: str) -> bool:
    """Whether a quarter of its words are common English ones, as in almost every question.

    >>> looks_english("How old is Draghi?"), looks_english("Wie alt ist Draghi?")
    (True, False)
    """
    words = re.findall(r"\w+", text.lower())
    return sum(word in STOP_WORDS for word in words) * 4 >= len(words)


def kind_of(text: str) -> Kind:
    """What to do with ``text``."""
    patterns = {
        Kind.GREETING: _GREETING,
        Kind.THANKS: _THANKS,
        Kind.HELP: _HELP,
        Kind.OVERVIEW: _OVERVIEW,
    }
    asked = plain(text)
    for kind, pattern in patterns.items():
        if pattern.fullmatch(asked):
            return kind
    return Kind.OVERVIEW if _asks_for_the_whole(text) else Kind.FACT


def _asks_for_the_whole(text: str) -> bool:
    words = re.findall(r"[\w']+", plain(text).lower())
    filler = STOP_WORDS | _OVERVIEW_FILLER
    rest = [w for w in words if w not in filler and not w.isdigit()]
    return bool(_OVERVIEW_TRIGGER.search(text)) and not rest


def answer_type_of(text: str) -> AnswerType:
    """What a sentence must hold to be able to answer ``text``."""
    for answer_type, pattern in _ASKS:
        if re.search(pattern, text, re.IGNORECASE):
            return answer_type
    return AnswerType.ANY


def holds(answer_type: AnswerType, sentence: str) -> bool:
    """Whether ``sentence`` has something of that type; True for the types that any has."""
    pattern = _HOLDS.get(answer_type)
    return pattern is None or bool(pattern.search(sentence))


def says_what_about(text: str) -> bool:
    """Whether a word in ``text`` carries meaning, so that there is something to look for.

    >>> says_what_about("How old is Draghi?"), says_what_about("Who is he?")
    (True, False)
    """
    return any(word not in STOP_WORDS for word in re.findall(r"\w+", text.lower()))


def content_terms(text: str, terms: Terms) -> tuple[str, ...]:
    """Distinct stems of the words in ``text`` that carry meaning, in order."""
    words = [w for w in re.findall(r"\w+", text) if w.lower() not in STOP_WORDS]
    return tuple(dict.fromkeys(terms(" ".join(words))))
