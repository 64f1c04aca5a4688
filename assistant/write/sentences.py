"""The reply of a model, as it grows, to whole sentences with the passages each cites. Pure.

Models write Markdown, thoughts in ``<think>`` and markers in many forms. What leaves here is plain
text; the numbers are only a hint where to look first, since every sentence is aligned anyway.
"""

import re
from dataclasses import dataclass

from assistant.support.align import SAYS, SAYS_OF
from assistant.write.prompt import NOT_IN_THE_PASSAGES
from index.chunk import split_sentences

_GAP = r"[\s.:=#^\"']{0,4}+"
_NAMED = r"(?:passages?|sources?|documents?|docs?|excerpts?|citations?)"
"""What a model calls a passage that it gives the number of."""
_LABEL = rf"(?:{_NAMED}|cited?|ref(?:erence)?s?|notes?|number|no|see|cf|pp?|pages?|lines?)"
_AND = r"(?>\s{0,3}(?:,\s{0,3}(?:and|&)?|;|&|and|-|–)\s{0,3})"
"""Atomic, like the gap, or there were as many ways to read a list as there are to split spaces."""
_NUMBERS = rf"\d{{1,4}}(?:{_AND}\d{{1,4}})*"
_ENTRY = rf"{_GAP}(?:{_LABEL}{_GAP}){{0,3}}\d{{1,4}}[\"']?(?:†[^\]】］\n]{{0,20}})?"
_BRACKET = rf"[\[【［]{{1,2}}{_ENTRY}(?:{_AND}{_ENTRY})*\s{{0,3}}[\]】］]{{1,2}}"
_BRACKETS = rf"{_BRACKET}(?:(?:{_AND}|\s{{1,3}})?{_BRACKET})*"
_NUMBERED = rf"{_NAMED}{_GAP}(?:number|no)?{_GAP}{_NUMBERS}"
_ROUND = rf"\((?:see|cf\.?|from|in)?\s{{0,3}}(?:{_NUMBERED}|{_BRACKETS})\)"
_MARKER = re.compile(rf"(?<!\s)\s*(?:{_BRACKETS}|{_ROUND})", re.IGNORECASE)
_LEADING = re.compile(rf"(?:{_MARKER.pattern})+", re.IGNORECASE)
_OPEN_MARKER = re.compile(
    r"(?<!\s)\s*(?:[,;&–-]|a|an|and)?\s*(?:[\[【［]{1,2}[^\]】］\n]{0,40}|\([^)\n]{0,40})?$"
)
_RANGE = re.compile(r"(\d{1,4})\s*[-–]\s*(\d{1,4})")
_OF_PAGE = re.compile(r"(?:\b(?:pp?|pages?|lines?)[\s.:]*\d|†)[^,;\]】］)]*", re.IGNORECASE)
"""A number that is not one of a passage."""
_WITH_NUMBER = (
    rf"(?:the )?(?:{_NAMED} {{1,2}}(?:number |no\.? ?|# ?)?{_NUMBERS}|{_NAMED} ?{_BRACKETS})"
)
_PLACED = (
    r"(?:according to|based on|(?:as )?(?:stated|said|mentioned|noted|described|reported|explained)"
    r" (?:in|by)|in|from|per)"
)
_FRAME = re.compile(
    rf"\s*(?:{_PLACED} (?:{_WITH_NUMBER}|{_BRACKETS})\s?[,:]?"
    rf"(?: it (?:{SAYS}|is (?:said|stated|noted|mentioned|reported)) that)?"
    rf"|{_WITH_NUMBER} (?:also )?(?:{SAYS}(?: that)?|{SAYS_OF} that)[,:]?"
    rf"|{_WITH_NUMBER}:)(?:\s+|$)",
    re.IGNORECASE,
)
"""“According to passage 1,” tells where from, as a marker does, by a number that is not ours."""
_FRAME_AFTER = re.compile(
    rf",?\s(?:{_PLACED} (?:{_WITH_NUMBER}|{_BRACKETS})|as {_WITH_NUMBER} {SAYS})(?=\W*$)",
    re.IGNORECASE,
)
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)?")
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\(([^)\s]+)[^)\n]*\)")
_TAG = re.compile(r"</?[a-zA-Z][^>\n]{0,500}>")
_EMPHASIS = re.compile(r"\*\*|__|`+|(?<!\w)[*_](?=\w)|(?<=[\w.,!?])[*_](?!\w)")
_LINE_START = re.compile(r"^\s*(?:#{1,6}\s+|>\s*)")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_THOUGHT = re.compile(r"<think>", re.IGNORECASE)
_THOUGHT_END = re.compile(r"</think>", re.IGNORECASE)
_UNFINISHED = re.compile(r"(?:<[^>\n]{0,20}|\r)\Z")
"""A tag that is still being written, or half of the end of a line."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_REFUSAL = re.compile(
    r"(the|these|those) (given |provided )?(passages?|documents?|texts?|articles?|sources?|"
    r"information|context)( \w+){0,3} (do(es)?|did) not (contain|answer|say|mention|provide|"
    r"state|specify|include|give|discuss|address|have|indicate|explicitly)"
    r"|(i|we) (can ?not|can't|could not|am unable to|am not able to) (answer|find|determine|"
    r"provide)"
    r"|(is|are) not (in|mentioned in|stated in|specified in|provided in|answered (in|by)|"
    r"given in) the (given |provided )?(passages?|documents?|texts?|articles?|context)"
    r"|no information (about|on|regarding|in)"
    r"|there is no (mention|information|answer)",
    re.IGNORECASE,
)

_REFUSES = re.compile(
    r"\W*+(?:(unfortunately|sorry|based on [\w ]{1,40})\W*+)?("
    r"(the|these|those) ((given|provided) )?(passages?|documents?|texts?|articles?|sources?|"
    r"information|context)( provided| given)? (do(es)?|did) not "
    r"|(i|we) (can ?not|can't|could not|am unable|am not able|do not|don't) "
    r"|there is no (mention|information|answer))",
    re.IGNORECASE,
)

SPACE, PARAGRAPH, ITEM = " ", "\n\n", "\n- "


@dataclass(frozen=True, slots=True)
class Written:
    """One sentence of a reply."""

    before: str
    """What separates it from the sentence before: a space, a blank line, or a new list item."""
    text: str
    """Plain, on one line, without markers."""
    cited: tuple[int, ...] = ()
    """The passage numbers that the model put to it, as it wrote them."""


class _Reply:
    """A reply as it is to be read: without thoughts and control characters. Taken piece by piece,
    for thoughts may be many times as long as what is said.
    """

    def __init__(self) -> None:
        self._held = ""
        self._thinks = False

    def feed(self, piece: str) -> str:
        """What ``piece`` adds, but for what may become a tag."""
        text, shown = self._held + piece, ""
        unfinished = _UNFINISHED.search(text)
        end = unfinished.start() if unfinished else len(text)
        text, self._held = _without_controls(text[:end]), text[end:]
        while tag := (_THOUGHT_END if self._thinks else _THOUGHT).search(text):
            shown += "" if self._thinks else text[: tag.start()]
            text, self._thinks = text[tag.end() :], not self._thinks
        return shown if self._thinks else shown + text

    def rest(self) -> str:
        """What was held back."""
        held, self._held = self._held, ""
        return "" if self._thinks else held


def _without_controls(text: str) -> str:
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class SentenceStream:
    """Takes a reply piece by piece, gives each sentence once it is whole."""

    def __init__(self) -> None:
        self._reply = _Reply()
        self._text = ""
        """What was not yet given."""
        self._before = SPACE
        self._at_line_start = True

    def feed(self, piece: str) -> list[Written]:
        """The sentences that ``piece`` completes."""
        self._text += self._reply.feed(piece)
        sentences = self._lines()
        end = _whole_part(self._text)
        whole, self._text = self._text[:end], self._text[end:]
        return sentences + self._of(whole)

    def finish(self) -> list[Written]:
        """What is left: a last sentence without an end."""
        self._text += self._reply.rest() + "\n"
        return self._lines()

    def _lines(self) -> list[Written]:
        """The sentences of the lines that have an end."""
        sentences: list[Written] = []
        while "\n" in self._text:
            line, self._text = self._text.split("\n", 1)
            sentences += self._of(line)
            self._before = SPACE if line.strip() else PARAGRAPH
            self._at_line_start = True
        return sentences

    def _of(self, text: str) -> list[Written]:
        """The sentences of ``text``, the rest of a line or a part of that."""
        if not text:
            return []
        if self._at_line_start:
            text = _LINE_START.sub("", text)
            if bullet := _BULLET.match(text):
                self._before, text = ITEM, text[bullet.end() :]
            self._at_line_start = False
        written: list[Written] = []
        plain = _plain(text)
        for start, end in split_sentences(plain):
            piece = plain[start:end]
            leading = _LEADING.match(piece)
            if leading and written:
                last = written.pop()
                written.append(Written(last.before, last.text, last.cited + _cited(leading[0])))
            piece = piece[leading.end() :] if leading else piece
            bare = _bare(piece)
            if re.search(r"\w", bare):
                written.append(Written(self._before, bare, _cited(piece)))
                self._before = SPACE
        return written


def refuses_as_told(sentence: str) -> bool:
    """Whether it says that there is no answer in the words that the prompt asks for."""
    return NOT_IN_THE_PASSAGES.lower() in sentence.lower()


def is_refusal(sentence: str) -> bool:
    """Whether a reply that begins with ``sentence`` is one: it says so at once. Small models also
    say so in passing, which means nothing.
    """
    return refuses_as_told(sentence) or bool(_REFUSES.match(sentence))


def says_no_answer(sentence: str) -> bool:
    """Whether a sentence seems to be about what the passages lack, and so no part of an answer.

    A document may say the same of something else: "There is no information about the motive."
    """
    return refuses_as_told(sentence) or bool(_REFUSAL.search(sentence))


def _whole_part(text: str) -> int:
    """Where the sentences of ``text`` that are whole end: the last may still grow.

    A marker that follows a sentence belongs to it, so that one counts only when text follows.
    """
    bullet = _BULLET.match(text)
    offset = bullet.end() if bullet else 0
    spans = [(start + offset, end + offset) for start, end in split_sentences(text[offset:])]
    while spans:
        start, _ = spans.pop()
        rest = text[start:]
        leading = _LEADING.match(rest)
        after = start + (leading.end() if leading else 0)
        if spans and not _OPEN_MARKER.fullmatch(text[after:]):
            return after
    return 0


def _plain(line: str) -> str:
    """Markdown as plain text; an address stays, so that it is checked like any word."""
    line = _LINK.sub(r"\1 \2", _IMAGE.sub(" ", line))
    line = _TAG.sub(" ", line)
    return _EMPHASIS.sub("", line)


def _bare(piece: str) -> str:
    """A sentence on one line, without markers and without "According to passage 1,"."""
    unframed = _FRAME_AFTER.sub("", piece)
    if frame := _FRAME.match(unframed):
        unframed = unframed[frame.end() :]
        unframed = unframed[:1].upper() + unframed[1:]
    return " ".join(_MARKER.sub("", unframed).split())


def _cited(piece: str) -> tuple[int, ...]:
    """The numbers of passages in the markers and the frame of a sentence."""
    frames = (_FRAME.match(piece), _FRAME_AFTER.search(piece))
    found = [*filter(None, frames), *_MARKER.finditer(piece)]
    return tuple(dict.fromkeys(number for match in found for number in _numbers(match.group())))


def _numbers(marker: str) -> list[int]:
    """The passage numbers in one marker, a range as all that it spans."""
    inner = _OF_PAGE.sub("", marker)
    numbers: list[int] = []
    for low, high in _RANGE.findall(inner):
        numbers += range(int(low), min(int(high), int(low) + 20) + 1)
    return numbers + [int(number) for number in re.findall(r"\d+", inner)]
