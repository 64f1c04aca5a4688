"""The check of the sentences of one answer, which goes on by words alone where the judge fails."""

from collections.abc import Collection, Sequence

from assistant.support.check import Checker, Finding, SupportJudge
from assistant.understand.question import Terms
from index.errors import ModelError
from index.types import Sentence


class JudgedSentences:
    """Like ``Checker``, but a judge that fails is asked no more."""

    def __init__(
        self, sentences: Sequence[Sentence], terms: Terms, judge: SupportJudge | None, question: str
    ) -> None:
        """See ``Checker``."""
        self.failure = ""
        """Why the judge was given up; empty while it works, and without one."""
        self._sentences = sentences
        self._terms = terms
        self._question = question
        self._checker = Checker(sentences, terms, judge, question)

    def check(self, text: str, cited: Collection[int] = ()) -> Finding:
        """See ``Checker.check``."""
        try:
            return self._checker.check(text, cited)
        except ModelError as error:
            self.failure = str(error)
            self._checker = Checker(self._sentences, self._terms, question=self._question)
            return self._checker.check(text, cited)
