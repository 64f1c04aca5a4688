"""What was found to an answer in the documents' own words, or a refusal: the steps in order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.compose import compose, compose_refusal
from assistant.quote.barred import barred_from, idle_lines
from assistant.quote.choose import answering_words, choose
from assistant.quote.coefficients import known_of, load_coefficients
from assistant.quote.echo import echoes_of, lent
from assistant.quote.features import name_terms
from assistant.quote.headings import section_on, under_headings
from assistant.quote.lists import whole_list
from assistant.quote.reading import UNREAD, read_closely
from assistant.quote.refuse import confidence_of, missing_words
from assistant.quote.rows import all_fit, asked_rows, without_other_rows
from assistant.quote.sections import headings_of, under
from assistant.read.reader import Reader
from assistant.settings import AnswerSettings
from assistant.types import Answer
from assistant.understand.question import Question, Terms
from assistant.understand.topics import asks_for_topic, is_bare
from index.types import Found, Sentence

_WHO_IS = re.compile(r"\W*(?i:who\s+(?:is|was))\s+([A-ZÀ-Þ][\w’'.-]*(?:\s+[\w’'.-]+){0,3}?)\W*")
"""“Who is Clara Voss?”"""


@dataclass(frozen=True, slots=True)
class VerbatimAnswers:
    """Makes answers of sentences that were found. Safe to use from any thread."""

    options: AnswerSettings
    """How to choose, and when to refuse."""
    terms: Terms
    """The index's stemmer."""
    reader: Reader | None
    """None to do without."""

    def answer(self, asked: str, question: Question, found: Found) -> Answer:
        """The one to ``options.max_sentences`` sentences that answer, or a refusal.

        Args:
            asked: what the user wrote.
            question: the same, understood.
            found: by the search for it.
        """
        answer = self._answer(asked, question, found)
        if answer.refused and self.reader and is_introduced(asked, found):
            return replace(self, reader=None)._answer(asked, question, found)
        return answer

    def _answer(self, asked: str, question: Question, found: Found) -> Answer:
        things = headings_of(question.about(asked), found)
        rows = asked_rows(asked, question, under(things, found), self.terms, things)
        if rows and all_fit(asked, question, rows, self.terms):
            return Answer(asked, *compose(rows), False, 1.0, found.hits)
        found = without_other_rows(found, rows)
        echoes = echoes_of(asked, question, found.sentences, self.terms)
        barred = barred_from(asked, question, found, echoes)
        found = lent(found, echoes)
        closely = UNREAD
        if has_no_answer(asked, question, found):
            found = under_headings(found, self.terms)
        elif self.reader:
            closely = read_closely(self.reader, question, found, echoes, barred, self.terms)
        readings, names = closely.readings, name_terms(asked, self.terms)
        models = load_coefficients(known_of(question, readings))
        idle = barred.numbers | idle_lines(asked, question, found.sentences, self.terms)
        most = self.options.max_sentences
        choice = choose(question, found, models.sentence, most, readings, idle)
        confidence = confidence_of(question, found, choice, models.answer, names, readings)
        if not choice.chosen or closely.is_amiss or confidence < self.options.refuse_below:
            missing = missing_words(asked, question, found, names, self.terms)
            left_out = barred.left_out(details=closely.is_amiss)
            refusal = compose_refusal(found.hits, missing, left_out)
            return Answer(asked, refusal, (), True, confidence, found.hits)
        words = answering_words(question, readings, found, choice.chosen) if readings else None
        shown = self._whole_of(asked, question, found, choice.chosen, rows)
        return Answer(asked, *compose(shown, words), False, confidence, found.hits)

    def _whole_of(
        self,
        asked: str,
        question: Question,
        found: Found,
        chosen: Sequence[Sentence],
        rows: Sequence[Sentence],
    ) -> Sequence[Sentence]:
        """The rows, the section or the list that is asked for, where there is one and more than a
        sentence is wanted; else ``chosen``.
        """
        if self.options.max_sentences == 1:
            return chosen
        if set(rows) & set(chosen):
            return rows
        section: Sequence[Sentence] = ()
        if asks_for_topic(asked):
            section = section_on(question, found, self.terms, self.options.max_sentences)
        return section or whole_list(asked, question, found, chosen, self.terms)


def has_no_answer(asked: str, question: Question, found: Found) -> bool:
    """Whether there is nothing for a reader to find: it looks for an answer, and a topic has none.

    Words alone (“sanctions”) mostly work as a question about them, but of words that stand nowhere
    (“hm”, “asdf”) it makes something too.
    """
    unheard = is_bare(asked) and found.missing.issuperset(question.terms)
    return unheard or asks_for_topic(asked)


def is_introduced(asked: str, found: Found) -> bool:
    """Whether ``asked`` is who somebody is whose name, as it is there, was found: what is said of
    them is the answer, and the reader looks for a description.
    """
    who = _WHO_IS.fullmatch(asked)
    if not who:
        return False
    words = r"\s+".join(map(re.escape, who[1].split()))
    name = re.compile(rf"\b{words}\b")
    return any(name.search(s.text) for s in found.sentences)
