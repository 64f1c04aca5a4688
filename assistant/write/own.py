"""The engine's own answer to a question that a language model is asked too.

The scores alone say at once how likely the documents answer; the reader, which says it better,
takes longer than all else together. So that the model does not wait for it, it reads meanwhile.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from assistant.settings import AnswerSettings
from assistant.types import Answer
from assistant.write.ahead import begin, ready

DOUBTFUL = 2.2
"""Where the scores alone give less than the limit for refusing times this, the model waits for the
reader: three of four refusals cost no tokens."""
SURE = 4.33
"""Where they give more than the limit times this, the reader refused none of 30 questions of eight
sets (docs/decisions/first-sentence.md), and what the model writes is shown without waiting."""


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What is known now, and what will be."""

    quick: Answer
    """By the scores alone."""
    full: Future[Answer]
    """With the reader, where there is one."""
    is_doubtful: bool
    """It may well be refused: no token should be spent before that is certain."""
    is_sure: bool
    """It will not be refused."""

    def so_far(self) -> Answer | None:
        """What a growing answer may be shown with; None while it may still be refused."""
        if self.is_sure:
            return self.quick
        return self.full.result() if self.full.done() else None

    def in_the_end(self, *, is_written: bool) -> Answer:
        """What the last answer is made with, or is; ``is_written`` where the model's words hold."""
        answer = self.full.result()
        return self.quick if answer.refused and self.is_sure and is_written else answer


def begin_own(make: Callable[[bool], Answer], options: AnswerSettings) -> OwnAnswer:
    """The answer that ``make`` gives without and with the reader; the latter is being made."""
    quick = make(False)
    return OwnAnswer(
        quick,
        begin(lambda: make(True)) if options.reader else ready(quick),
        is_doubtful=quick.refused or quick.confidence < DOUBTFUL * options.refuse_below,
        is_sure=not quick.refused and quick.confidence >= SURE * options.refuse_below,
    )
