"""An answer as it is written and checked: what is kept, how it is numbered and marked. Pure."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from assistant.compose import citation_of
from assistant.support.check import Finding
from assistant.types import CheckedSentence, Citation, Verdict
from assistant.wording import claims
from assistant.write.prompt import NOT_IN_THE_PASSAGES
from assistant.write.sentences import (
    ITEM,
    SPACE,
    SentenceStream,
    Written,
    is_refusal,
    refuses_as_told,
    says_no_answer,
)
from index.types import Hit, Sentence

MOST_REPEATS = 3
"""A model that writes the same sentence this often is going round in circles."""
LONGEST_WITHOUT_END = 20
"""Words of a reply that may be whole without a full stop."""
MOST_MISSING_SHOWN = 3
NOT_SUPPORTED = "(not supported by the documents)"
NOT_CONFIRMED = "(could not be confirmed in full)"
ADDRESS_LEFT_OUT = "(address left out)"
CUT_SHORT = " […]"

Check = Callable[[str, Collection[int]], Finding]


class Draft:
    """Takes a reply piece by piece and grows an answer of the sentences that may be shown."""

    def __init__(self, check: Check, shown: Sequence[Hit], *, keep_unsupported: bool) -> None:
        """
        Args:
            check: finds out whether a sentence is supported; given the ids of the passages cited.
            shown: the passages as the model knows them: the first is number 1.
            keep_unsupported: show these too, marked.
        """
        self.text = ""
        self.citations: tuple[Citation, ...] = ()
        self.sentences: tuple[CheckedSentence, ...] = ()
        self.refuses = False
        """Whether it begins by saying that the passages do not answer."""
        self.as_told = False
        """Whether it says that in the words that the prompt asks for."""
        self.holds = False
        """Whether anything in it is supported, in full or but for a few ordinary words."""
        self.dropped = 0
        """How many sentences are not shown because nothing supports them."""
        self.fragments = 0
        """How many are not shown because they are none: they end in a comma."""
        self.lacks = 0
        """How many say in passing that the passages lack something."""
        self._stream = SentenceStream()
        self._check = check
        self._shown = shown
        self._keep_unsupported = keep_unsupported
        self._seen: Counter[str] = Counter()
        self._before = SPACE

    @property
    def is_over(self) -> bool:
        """Whether there is no use in reading on: no answer, or the same again and again."""
        goes_in_circles = max(self._seen.values(), default=0) >= MOST_REPEATS
        return goes_in_circles or self.refuses

    def feed(self, piece: str) -> None:
        """Take in more of the reply."""
        self._add_all(self._stream.feed(piece))

    def finish(self) -> None:
        """Take in the last sentence, which nothing followed."""
        last = self._stream.finish()
        if last and is_cut_off(last[-1], is_first=not self._seen and len(last) == 1):
            last = last[:-1]
        self._add_all(last)

    def _add_all(self, written: Sequence[Written]) -> None:
        for sentence in written:
            if not self.is_over:
                self._add(sentence)

    def _add(self, written: Written) -> None:
        self._before = max(self._before, written.before, key=len)
        self._seen[written.text] += 1
        if self._seen[written.text] > 1:
            return
        if written.text.endswith(","):
            self.fragments += 1
            return
        finding = self._check(written.text, self._ids(written.cited))
        is_supported = (
            finding.verdict is Verdict.SUPPORTED and NOT_IN_THE_PASSAGES not in written.text
        )
        if says_no_answer(written.text) and not is_supported:
            self.refuses = len(self._seen) == 1 and is_refusal(written.text)
            self.as_told = self.refuses and refuses_as_told(written.text)
            self.lacks += not self.refuses
            return
        if finding.verdict is Verdict.UNSUPPORTED and not self._keep_unsupported:
            self.dropped += 1
            return
        self.holds = self.holds or finding.verdict is Verdict.SUPPORTED or finding.is_close
        self._show(written.text, finding)

    def _ids(self, cited: Sequence[int]) -> frozenset[int]:
        """The ids of the passages that numbers stand for; a number that none has is left out."""
        known = [number for number in cited if 1 <= number <= len(self._shown)]
        return frozenset(self._shown[number - 1].passage.id for number in known)

    def _show(self, text: str, finding: Finding) -> None:
        text, finding = without_addresses(text, finding)
        separator = self._separator()
        numbers = tuple(dict.fromkeys(self._number(s) for s in finding.support))
        markers = "".join(f" [{number}]" for number in numbers)
        mark = mark_of(finding)
        start = len(self.text) + len(separator)
        self.text += separator + text + markers + (f" {mark}" if mark else "")
        self.sentences += (
            CheckedSentence(
                *(start, start + len(text), text, finding.verdict),
                citations=numbers,
                missing=finding.missing,
                mark=mark,
            ),
        )
        self._before = SPACE

    def _separator(self) -> str:
        if self.text:
            return self._before
        return ITEM.lstrip("\n") if self._before == ITEM else ""

    def _number(self, sentence: Sentence) -> int:
        """The number of the citation of ``sentence``, made at its first use."""
        new = citation_of(len(self.citations) + 1, sentence)
        for known in self.citations:
            if (known.document_id, known.start, known.end) == (new.document_id, new.start, new.end):
                return known.number
        self.citations += (new,)
        return new.number


def without_addresses(text: str, finding: Finding) -> tuple[str, Finding]:
    """Both without the web and mail addresses that the documents do not have: an invented one
    must not even be there to be copied.
    """
    unknown = [item for item in finding.missing if claims.addresses(item)]
    missing = tuple(ADDRESS_LEFT_OUT if item in unknown else item for item in finding.missing)
    for address in unknown:
        text = text.replace(address, ADDRESS_LEFT_OUT)
    return text, replace(finding, missing=missing)


def is_cut_off(last: Written, *, is_first: bool) -> bool:
    """Whether the last sentence of a reply has no end, most likely for want of tokens.

    The only sentence of a reply, if it is short, and an item of a list, may do without a full stop.
    """
    is_short = is_first and len(last.text.split()) <= LONGEST_WITHOUT_END
    return not claims.has_end(last.text) and not is_short and last.before != ITEM


def mark_of(finding: Finding) -> str:
    """What is put behind a sentence that is not supported in full; empty for one that is."""
    if finding.verdict is Verdict.SUPPORTED:
        return ""
    if finding.verdict is Verdict.UNSUPPORTED:
        return NOT_SUPPORTED
    marks = []
    if finding.missing:
        words = ", ".join(f"“{word}”" for word in finding.missing[:MOST_MISSING_SHOWN])
        more = len(finding.missing) - MOST_MISSING_SHOWN
        marks.append(
            f"not found in the documents: {words}{f' and {more} more' if more > 0 else ''}"
        )
    if finding.left_out:
        marks.append(f"the documents say {', '.join(f'“{word}”' for word in finding.left_out)}")
    return f"({'; '.join(marks)})" if marks else NOT_CONFIRMED
