"""What to do with what the user wrote: talk, an overview, or an answer. Pure, English rules."""

import re
from enum import StrEnum

from assistant.wording.words import STOP_WORDS, plain


class Kind(StrEnum):
    """What to do with what the user wrote."""

    FACT = "fact"
    OVERVIEW = "overview"
    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"


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
_CHILD = (
    r"""(an?\ (\w+[\ -]year[\ -]old|((young|complete)\ )?(child|kid|layman|beginner|student)))"""
)
_OVERVIEW = re.compile(
    rf"""(
    what('s|\ is|\ are)\ {_WHOLE}(\ all|\ mainly)?\ (about|saying)
    |what('s|\ is)\ ((in|inside)\ )?{_TEXT}
    |what\ (does|do)\ {_WHOLE}\ ({_SAYS}|contain|cover|discuss|deal\ with|talk\ about|describe)
    |what\ (does|do)\ {_AUTHORS}s?\ ({_SAYS}|want(\ to\ say)?)(\ in\ {_TEXT})?
    |what('s|\ is|\ are)\ {_AUTHORS}(s'|'s)?\ {_MAIN}{_POINT}(\ (of|in|from)\ {_TEXT})?
    |(summari[sz]e|sum\ up|boil\ down|break\ down|condense|outline|recap)(\ (all\ )?{_WHOLE})?
    |(sum|boil|break)\ {_WHOLE}\ (all\ )?(up|down)
    |(walk|take|run|talk)\ (me|us)\ through\ {_WHOLE}
    |what\ (should|can|do)\ (i|we)\ (take\ away|learn|know|remember)\ (from|about)\ {_WHOLE}
    |what(\ (topics?|subjects?|themes?))?\ (does\ {_WHOLE}\ (cover|discuss|deal\ with|talk\ about)
        |(is|are)\ (covered|discussed|talked\ about|described)\ (here|in\ (here|{_WHOLE})))
    |(explain|describe|paraphrase|tell\ (me|us)\ ((all|more|something)\ )?about)\ {_TEXT}
    |((give|write|show|make|provide)\ )?(me\ )?((an?|the)\ )?((short|brief|quick)\ )?
        (summary|overview|outline|gist|highlights|tl;?dr|(short|quick)\ version)
        (\ of\ {_WHOLE})?
    |what('s|\ is|\ are)\ the\ {_MAIN}({_POINT}|gist|highlights|summary)(\ (of|in|from)\ {_WHOLE})?
    )(\ (for|to)\ (me|us|{_CHILD})|\ like\ i'm\ (five|\d+)|\ briefly
        |\ (in|into|to)\ {_FEW}\ (\w+\ )?(words?|sentences?|paragraphs?|lines?|points?|terms)
        |\ in\ (brief|short|((plain|simple)\ )?(english|language|terms|words))
    )*+[\s?!.]*""",
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
