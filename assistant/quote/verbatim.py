"""What was found to an answer in the documents' own words, or a refusal: the steps in order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.compose import compose, compose_refusal
from assistant.quote.abbreviation import unexplained
from assistant.quote.choose import answering_words, choose
from assistant.quote.coefficients import known_of, load_coefficients
from assistant.quote.echo import asks, echoes_of, idle_replies, lent, passed_on
from assistant.quote.features import name_terms
from assistant.quote.headings import section_on, under_headings
from assistant.quote.lacking import lacking
from assistant.quote.last_turn import going_on, last_turn
from assistant.quote.lists import whole_list
from assistant.quote.mismatch import mismatched
from assistant.quote.person import introductions, other_people
from assistant.quote.refuse import confidence_of, missing_words
from assistant.quote.rows import all_fit, asked_rows, heading_rows, without_other_rows
from assistant.read.reader import UNLIKELY, Reader, Reading, finds_answer, read_best, read_without
from assistant.settings import AnswerSettings
from assistant.types import Answer
from assistant.understand.question import Question, Terms, content_terms
from assistant.understand.thing import headings_of, under
from assistant.understand.topics import asks_for_topic, is_bare
from assistant.wording.answer_type import AnswerType
from assistant.wording.rights import rights_lines
from index.types import Found, Sentence

READ_PASSAGES = 5
"""How many of the best passages the reader looks at: more cost time and, measured, gain nothing."""

READ_AMISS = -3.0
"""Log odds, at most, of a passage where the reader finds only the question's own words."""
_OWN_WORDS_ANSWER = re.compile(r"\bor\b|\bhow\s+(?:do|does|did|to|can|could|should|would)\b", re.I)
"""“Is it blue or red?”, “How do I reset it?”: asked with words that may be the answer."""
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
        options, terms = self.options, self.terms
        things = headings_of(question.about(asked), found)
        rows = asked_rows(asked, question, under(things, found), terms, things)
        if rows and all_fit(asked, question, rows, terms):
            return Answer(asked, *compose(rows), False, 1.0, found.hits)
        found = without_other_rows(found, rows)
        others = other_people(asked, question.referents, found)
        echoes = echoes_of(asked, question, found.sentences, terms)
        of_another = mismatched(asked, found.sentences)
        amiss = others.barred | of_another | lacking(asked, found.sentences)
        barred = amiss | unexplained(asked, found) | {echo.number for echo in echoes}
        barred |= idle_replies(question, echoes, found.sentences)
        found = lent(found, echoes)
        readings, is_amiss = None, False
        if has_no_answer(asked, question, found):
            found = under_headings(found, terms)
        elif self.reader:
            read = told_anew(read_found(self.reader, question, found), question, found, terms)
            read = passed_on(read, found.sentences, echoes)
            left = read_without(read, found.sentences, barred)
            is_amiss = bool(amiss) and finds_answer(read) and not finds_answer(left)
            readings = going_on(left, question, found.sentences)
        models = load_coefficients(known_of(question, readings))
        beside = barred | rights_lines(asked, found.sentences)
        beside |= mere_titles(question, found.sentences, terms) | heading_rows(found.sentences)
        choice = choose(question, found, models.sentence, options.max_sentences, readings, beside)
        names = name_terms(asked, terms)
        confidence = confidence_of(question, found, choice, models.answer, names, readings)
        if not choice.chosen or is_amiss or confidence < options.refuse_below:
            missing = missing_words(asked, question, found, names, terms)
            other_details = ["another time or number"] if is_amiss and of_another else []
            refusal = compose_refusal(found.hits, missing, [*others.left_out, *other_details])
            return Answer(asked, refusal, (), True, confidence, found.hits)
        words = answering_words(question, readings, found, choice.chosen) if readings else None
        shown = self._whole_of(asked, question, found, choice.chosen, rows)
        text, citations = compose(shown, words)
        return Answer(asked, text, citations, False, confidence, found.hits)

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
        section = section_on(question, found, self.terms) if asks_for_topic(asked) else ()
        return section or whole_list(asked, question, found, chosen, self.terms)


def has_no_answer(asked: str, question: Question, found: Found) -> bool:
    """Whether there is nothing for a reader to find: it looks for an answer, and a topic has none.

    Words alone (“sanctions”) mostly work as a question about them, but of words that stand nowhere
    (“hm”, “asdf”) it makes something too.
    """
    unheard = is_bare(asked) and found.missing.issuperset(question.terms)
    return unheard or asks_for_topic(asked)


def told_anew(
    readings: Mapping[int, Reading], question: Question, found: Found, terms: Terms
) -> dict[int, Reading]:
    """``readings`` (by passage id), where what is found tells more than the question: of “How much
    does the K300 cost?” the “300” in a title is no answer. In what a document asks itself, as a FAQ
    does, the reader may point at the same words.
    """
    no_words = question.answer_type in (AnswerType.YES_NO, AnswerType.REASON)
    if no_words or _OWN_WORDS_ANSWER.search(question.text):
        return dict(readings)
    passages = {hit.passage.id: hit.passage for hit in found.hits}
    asking = [s for s in found.sentences if asks(s.text)]

    def is_anew(id_: int) -> bool:
        passage, (first, last) = passages[id_], readings[id_].span
        words = set(terms(passage.text[first:last]))
        at = passage.start + first
        is_asked = any(s.hit.passage.id == id_ and s.start <= at < s.end for s in asking)
        return is_asked or not words or not words <= set(question.terms)

    return {id_: read if is_anew(id_) else _read_amiss(read) for id_, read in readings.items()}


def _read_amiss(reading: Reading) -> Reading:
    answerable = min(reading.answerable, READ_AMISS)
    return replace(reading, answerable=answerable, margin=-UNLIKELY, span=(0, 0))


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


def mere_titles(question: Question, sentences: Sequence[Sentence], terms: Terms) -> frozenset[int]:
    """Numbers of the titles that only say what the question does."""
    own = frozenset((*question.terms, *question.context))
    return frozenset(
        i
        for i, s in enumerate(sentences)
        if " ".join(s.text.split()) == s.hit.passage.title
        and own.issuperset(content_terms(s.text, terms))
    )


def read_found(reader: Reader, question: Question, found: Found) -> dict[int, Reading]:
    """Readings of the best passages, by id; first those of the document that the talk is about, and
    among them where the people are introduced whom the question names.
    """
    before = last_turn(question, found.sentences)
    also = introductions(question.text, found)
    return read_best(reader, question.read, found.sentences, READ_PASSAGES, before.documents, also)
