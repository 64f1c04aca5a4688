"""A message to an answer. ``Answering.stream`` is the first step; each calls the next:

stream               what the message does in the conversation       understand.moves, followup
  _parts             each question in it by itself                   understand.parts
    _of_the_named    asked of the documents that it names            understand.named
      _by_kind       talk, an overview, more, what can be counted    understand.kinds, survey.whole
        _fact        its words put right                             understand.spelling
          _own       found, read, chosen or refused                  find, quote.verbatim, each
          written    the same, in a language model's words           write.written, support.check
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.compose import GREETING, HELP, THANKS, understood_as
from assistant.find import find
from assistant.quote.each import of_each
from assistant.quote.more import More, asked_after, further, is_told, more_of, no_more
from assistant.quote.sections import under
from assistant.quote.verbatim import VerbatimAnswers
from assistant.read.reader import Reader
from assistant.settings import AnswerSettings
from assistant.survey.byline import asks_about_author, stance_asked_for
from assistant.survey.whole import (
    IsTold,
    documents_by,
    nothing_told,
    overview_of,
    read_off_the_texts,
)
from assistant.types import Answer, Turn
from assistant.understand.followup import pointed_at, repeated
from assistant.understand.kinds import Kind, kind_of
from assistant.understand.moves import asks_for_less, asks_for_more, without_opener
from assistant.understand.named import OF_THE_WHOLE, Named, may_name, named_in, of_these, only_names
from assistant.understand.parts import joined, parts_of
from assistant.understand.question import Question, checked_question, understand
from assistant.understand.spelling import respelled
from assistant.understand.swap import in_full, overview_in
from assistant.understand.thing_meant import may_leave_out, with_thing
from assistant.wording.words import looks_english, says_what_about, uncontracted
from assistant.write.written import WrittenAnswers
from index.embed import reads_only_english
from index.errors import QuestionError
from index.language import foreign
from index.search import Index
from index.types import DocumentInfo, Found

TALK = {Kind.GREETING: GREETING, Kind.THANKS: THANKS, Kind.HELP: HELP}
"""What is said to what asks nothing of the documents."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and what it is asked of."""

    text: str
    history: Sequence[Turn] = ()
    """Earlier turns, oldest first."""
    documents: Collection[str] | None = None
    """Ids of the only ones to answer from; None for all."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Makes answers from an index. Safe to use from any thread."""

    index: Index
    options: AnswerSettings
    reader: Reader | None
    """Reads the best passages; None to do without."""
    written: WrittenAnswers | None
    """Answers in a language model's words; None for the documents' own."""
    notices: tuple[str, ...]
    """Added to every answer."""
    library: Callable[[], Sequence[DocumentInfo]]
    """What is in the index, by id."""

    def stream(self, asked: Asked) -> Iterator[Answer]:
        """Growing answers, at least one; the last is the answer. See ``Assistant.ask``."""
        said, documents = uncontracted(without_opener(self._checked(asked.text))), asked.documents
        meant, before = repeated(said, asked.history)
        steps = self
        if meant != said and asks_for_less(said):
            steps, meant = self._in_short(), overview_in("one sentence", meant) or meant
        turns = in_full([*before, Turn(pointed_at(meant, before), "")])
        *before, last = self._spelled_out(self._with_things(turns, documents), documents)
        is_new = last.question == said
        notices = [] if is_new else [understood_as(last.question)]
        notices += [*self.notices, *self._foreign(asked.text)]
        text = said if is_new else uncontracted(self._checked(last.question))
        for answer in steps._parts(Asked(text, before, documents)):
            is_narrowed = answer.refused and documents is not None
            only = [_only(documents or (), "as chosen")] if is_narrowed else []
            told = (*notices, *answer.notices, *only)
            yield replace(answer, question=asked.text, notices=told)

    def own_answer(self, question: str, documents: Collection[str] | None = None) -> Answer:
        """To a question of fact that stands alone, in the documents' own words."""
        return self._own(Asked(question, (), documents))

    def _foreign(self, question: str) -> Iterator[str]:
        """That ``question`` is in another language than the embedding model reads, where it is."""
        if reads_only_english(self.index.embedder) and not looks_english(question):
            notice = foreign(question)
            if notice:
                yield f"The question {notice}."

    def _in_short(self) -> "Answering":
        return replace(self, options=replace(self.options, max_sentences=1), written=None)

    def _with_things(
        self, turns: Sequence[Turn], documents: Collection[str] | None
    ) -> Sequence[Turn]:
        """``turns``, where the last leaves out what it is about, with the name of the thing."""
        *before, last = turns
        if not before or not may_leave_out(last.question):
            return turns
        most = self.options.max_question_characters
        text = " ".join(turn.question for turn in turns[-3:])[-most:]
        found = self.index.search(text, count=self.options.passages, documents=documents)
        told: list[Turn] = []
        for turn in turns:
            named = with_thing(turn.question, told, found)
            told.append(replace(turn, question=named) if len(named) <= most else turn)
        return told

    def _spelled_out(self, turns: Sequence[Turn], documents: Collection[str] | None) -> list[Turn]:
        """``turns``, where those that only name a document (“And in minutes.txt?”) ask it what was
        asked before; what it is about, where nothing was.
        """
        told: list[Turn] = []
        for turn in turns:
            named = self._named_in(turn.question, documents)
            if named and only_names(named):
                before = next((t.question for t in reversed(told) if t.question), OF_THE_WHOLE)
                again = self._named_in(before, documents)
                asked = of_these(again.question if again else before, named.documents)
                told.append(replace(turn, question=asked))
            else:
                told.append(turn)
        return told

    def _named_in(self, question: str, documents: Collection[str] | None) -> Named | None:
        """The question and those of ``documents`` that it names; None where it names none."""
        if len(question) > self.options.max_question_characters or not may_name(question):
            return None
        known = self.library()
        return named_in(question, [d for d in known if documents is None or d.id in documents])

    def _parts(self, asked: Asked) -> Iterator[Answer]:
        """Each question in it after those before, as people mean them: “and where is it?”."""
        is_apart = self.written is None and kind_of(asked.text) is Kind.FACT
        parts = parts_of(asked.text) if is_apart else [asked.text]
        if len(parts) == 1:
            yield from self._of_the_named(asked)
            return
        answers: list[Answer] = []
        turns = list(asked.history)
        for part in parts:
            answers += self._of_the_named(replace(asked, text=part, history=turns))
            turns.append(Turn(part, answers[-1].text))
        yield joined(asked.text, parts, answers)

    def _of_the_named(self, asked: Asked) -> Iterator[Answer]:
        """Asked of the documents that it names, if it does."""
        named = self._named_in(asked.text, asked.documents)
        if named is None:
            yield from self._by_kind(asked)
            return
        for answer in self._by_kind(Asked(named.question, asked.history, named.documents)):
            only = _only(named.documents, "as named")
            yield answer.noted(only) if answer.refused else answer

    def _by_kind(self, asked: Asked) -> Iterator[Answer]:
        """By what kind of question it is."""
        text, history, kind = asked.text, asked.history, kind_of(asked.text)
        was_asked = any(turn.question for turn in history)
        if asks_for_more(text) and (self.written is None or not was_asked):
            yield self._more(more_of(text, history), asked.documents)
        elif kind in TALK:
            yield Answer(text, TALK[kind], confidence=1.0)
        elif kind is Kind.OVERVIEW:
            yield overview_of(text, self.index, self._ids(asked.documents))
        elif read_off := self._read_off(asked):
            yield read_off
        elif not (was_asked or says_what_about(text) or asks_about_author(text)):
            raise QuestionError(
                "the question does not say what it is about; ask for something in the documents"
            )
        else:
            yield from self._fact(asked)

    def _more(self, more: More, documents: Collection[str] | None) -> Answer:
        """What was not said yet to the question before; of the whole, where that asked for the
        whole or there was none.
        """
        asked = Asked(self._checked(more.question) if more.question else "", more.before, documents)
        if named := self._named_in(asked.text, documents):
            asked = Asked(named.question, more.before, named.documents)
        if not asked.text or kind_of(asked.text) is Kind.OVERVIEW:
            return self._more_of_the_whole(more, asked.documents)
        if listed := self._read_off(asked):
            return self._read_off(asked, self._is_told(more)) or no_more(listed)
        meant = respelled(uncontracted(pointed_at(asked.text, more.before)), self.index)
        question, found = self._found(replace(asked, text=meant))
        first = self._from_found(meant, question, found)
        answer = first if first.refused else further(more, first, question, found, self.index.terms)
        return replace(answer, notices=(f"More on “{meant}”", *answer.notices))

    def _more_of_the_whole(self, more: More, documents: Collection[str] | None) -> Answer:
        ids, is_told = self._ids(documents), self._is_told(more)
        answer = overview_of(more.question, self.index, ids, is_told=is_told)
        return no_more(answer) if answer.refused and more.said else answer

    def _is_told(self, more: More) -> IsTold:
        terms = self.index.terms
        after = asked_after(understand(more.question, terms), more.said, terms)
        return lambda sentence: is_told(sentence, more.said, after)

    def _read_off(self, asked: Asked, is_told: IsTold = nothing_told) -> Answer | None:
        def ids() -> list[str]:
            return self._ids(asked.documents)

        return read_off_the_texts(asked.text, self.index, ids, asked.history, is_told)

    def _fact(self, asked: Asked) -> Iterator[Answer]:
        """To a question of fact; what is most likely misspelled in it is put right first."""
        meant = respelled(asked.text, self.index)
        if meant != asked.text:
            for answer in self._of_the_named(replace(asked, text=meant)):
                yield replace(answer, notices=(understood_as(meant), *answer.notices))
        elif self.written is not None:
            history, documents = asked.history, asked.documents
            yield from self.written.stream(meant, history, documents, self._from_found)
        else:
            yield self._own(asked)

    def _own(self, asked: Asked) -> Answer:
        question, found = self._found(asked)
        answer = self._from_found(asked.text, question, found)
        each = of_each(asked.text, found, answer, self.index.terms, self._alone(asked.documents))
        if each or not answer.refused:
            return each or answer
        return self._by_the_author(asked) or answer

    def _alone(self, documents: Collection[str] | None) -> Callable[[str, str], Answer]:
        """What answers a question of fact that stands alone, from these documents; where a heading
        is given, from nothing beside it.
        """

        def answer(text: str, heading: str) -> Answer:
            question, found = self._found(Asked(text, (), documents))
            return self._from_found(text, question, under({heading} if heading else (), found))

        return answer

    def _by_the_author(self, asked: Asked) -> Answer | None:
        """What the author says about what the author’s opinion of is asked for: no sentence of an
        opinion calls itself one.
        """
        stance, documents = stance_asked_for(asked.text), asked.documents
        if stance and stance.who:
            documents = documents_by(stance.who, self.index, self._ids(documents))
        if not stance or (stance.who and not documents):
            return None
        text = f"What does the author say about {stance.topic}?"
        answer = self._alone(documents)(text, "")
        notices = (understood_as(text), *answer.notices)
        return None if answer.refused else replace(answer, question=asked.text, notices=notices)

    def _found(self, asked: Asked) -> tuple[Question, Found]:
        count = self.options.passages
        return find(self.index, asked.text, asked.history, count, asked.documents)

    def _from_found(self, text: str, question: Question, found: Found, read: bool = True) -> Answer:
        """The answer to ``text``; ``read``: the reader, if there is one, takes part."""
        reader = self.reader if read else None
        return VerbatimAnswers(self.options, self.index.terms, reader).answer(text, question, found)

    def _ids(self, documents: Collection[str] | None) -> list[str]:
        return [d.id for d in self.library() if documents is None or d.id in documents]

    def _checked(self, question: str) -> str:
        return checked_question(question, self.options.max_question_characters)


def _only(documents: Collection[str], why: str) -> str:
    """What a refusal says where not all documents were asked."""
    if not documents:
        return "No document was asked: none was chosen."
    if len(documents) == 1:
        return f"Only {next(iter(documents))} was asked, {why}."
    return f"Only {len(documents)} documents were asked, {why}."
