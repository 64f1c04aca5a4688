"""A question to an answer in a language model's words: understand, refuse, write, check, decide.

``WrittenAnswers.stream`` is the list of the steps. Whatever goes wrong with the model, the verbatim
answer is made beside it, and is what the user gets.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Generator as Steps
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.compose import compose_refusal
from assistant.find import find
from assistant.llm.generator import GenerationError, Generator
from assistant.settings import Settings
from assistant.support.check import SupportJudge
from assistant.support.judged import JudgedSentences
from assistant.types import Answer, Citation, Place, Turn
from assistant.understand.kinds import Kind
from assistant.understand.question import Question
from assistant.understand.rewrite import MAX_REWRITE_TOKENS, accepted_rewrite
from assistant.write.ahead import begin
from assistant.write.draft import CUT_SHORT, Draft
from assistant.write.own import OwnAnswer, begin_own
from assistant.write.prompt import Prompt, Template, build_prompt, follow_up_prompt
from index.search import Index
from index.types import Found, Hit

TELL_SECONDS = 0.2
"""A growing answer is given again this often, so that who reads it can stop at any time."""

DENIAL = 4.0
"""A model that says in words of its own that the passages do not answer divides the odds that the
engine gives by so much. A guess for models of all kinds: SmolLM2-135M, which cannot keep to the
words that it is told, was wrong six times of six where the engine had an answer."""

NEAR = 0.5
"""The model's words need a sentence behind them whose similarity to the question is at least this
share of the best one's: the evidence of 382 of 384 cases is that near
(docs/decisions/checking-written-answers.md)."""

Verbatim = Callable[[str, Question, Found, bool], Answer]
"""The engine's own answer to a question understood; the reader takes part where it is True."""


@dataclass(frozen=True, slots=True)
class WrittenAnswers:
    """Answers questions with a language model. Safe to use from any thread."""

    generator: Generator
    template: Template
    settings: Settings
    index: Index
    judge: Callable[[], SupportJudge | None]
    """What further judges the sentences, looked up for each answer."""

    def stream(
        self,
        text: str,
        history: Sequence[Turn],
        documents: Collection[str] | None,
        verbatim: Verbatim,
    ) -> Iterator[Answer]:
        """Growing answers, at least one; the last is the answer.

        Args:
            text: the question, checked.
            history: earlier turns, oldest first.
            documents: ids of the only documents to answer from.
            verbatim: makes what the user gets where the model fails.
        """
        count = self.settings.answer.passages
        question, found = find(self.index, text, history, count, documents)
        earlier = history if question.is_follow_up else ()
        alone, notices, failure = yield from self._alone(text, earlier)
        if alone:
            question, found = find(self.index, alone, (), count, documents)

        def make(read: bool) -> Answer:
            answer = verbatim(alone or text, question, found, read)
            return replace(answer, question=text).noted(*notices)

        own = begin_own(make, self.settings.answer)
        if failure:
            yield own.full.result().noted(failure)
        elif own.is_doubtful and own.full.result().refused:
            yield own.full.result()
        else:

            def check() -> JudgedSentences:
                terms = self.index.terms
                return JudgedSentences(found.sentences, terms, self.judge(), question.text)

            left = {sentence.hit.passage.id for sentence in found.sentences}
            hits = [hit for hit in found.hits if hit.passage.id in left]
            prompt = self._prompt(alone or text, hits, history)
            yield from self._write(own, prompt, check, _near(question, found))

    def _alone(
        self, text: str, history: Sequence[Turn]
    ) -> "Steps[Answer, None, tuple[str, tuple[str, ...], str]]":
        """A follow-up as a question that stands alone, a notice that says so, and why it failed.

        All empty where there is no ``history``, and where the rewriting cannot be trusted.
        """
        turns = history[-max(self.settings.llm.turns, 1) :]
        if not turns:
            return "", (), ""
        reply = ""
        count_tokens, room = self.generator.count_tokens, self.generator.context_tokens
        room -= MAX_REWRITE_TOKENS
        prompt = follow_up_prompt(self.template, text, turns, count_tokens, room)
        if not prompt:
            return "", (), ""
        try:
            with closing(self.generator.stream(prompt, MAX_REWRITE_TOKENS)) as pieces:
                for piece in pieces:
                    reply += piece
                    yield Answer(text, "", incomplete=True)
        except GenerationError as error:
            return "", (), "" if error.answered else self._unavailable(error)
        alone = accepted_rewrite(reply, text, turns, self.index.terms)
        return alone, ((f"Understood as: “{alone}”",) if alone else ()), ""

    def _write(
        self,
        own: OwnAnswer,
        prompt: Prompt,
        check: Callable[[], JudgedSentences],
        near: Collection[Place],
    ) -> Iterator[Answer]:
        """The answer in the model's words, or ``own`` where these are not to be had."""
        if not prompt.shown:
            yield own.full.result().noted(
                *_left_out(prompt),
                "No passage fits into the language model's context: set llm.context_tokens higher.",
            )
            return
        checker = begin(check)
        keep = self.settings.check.unsupported == "mark"
        draft = Draft(
            lambda said, cited: checker.result().check(said, cited),
            prompt.shown,
            keep_unsupported=keep,
        )
        failure = ""
        try:
            yield from self._grow(draft, prompt, own)
            draft.finish()
        except GenerationError as error:
            failure = self._unavailable(error)
        plain = own.in_the_end(is_written=_stands(draft, own.quick, near))
        if plain.refused:
            yield plain
        else:
            told = _told(plain, prompt).noted(*_unjudged(checker.result().failure))
            yield _decided(draft, told, failure, near, self.settings.answer.refuse_below)

    def _prompt(self, alone: str, hits: Sequence[Hit], history: Sequence[Turn]) -> Prompt:
        llm = self.settings.llm
        turns = history[-llm.turns :] if llm.turns else ()
        room = self.generator.context_tokens - llm.max_tokens
        count_tokens = self.generator.count_tokens
        return build_prompt(self.template, alone, hits[: llm.passages], turns, count_tokens, room)

    def _grow(self, draft: Draft, prompt: Prompt, own: OwnAnswer) -> Iterator[Answer]:
        """Read the reply into ``draft``; the answer so far, at each sentence and now and then.

        Nothing of it is shown while the question may still be refused; if it is, the model is
        stopped.
        """
        told, shown = 0.0, ""
        max_tokens = self.settings.llm.max_tokens
        with closing(self.generator.stream(prompt.messages, max_tokens)) as pieces:
            for piece in pieces:
                draft.feed(piece)
                plain = own.so_far()
                if plain and plain.refused:
                    return
                text = draft.text if plain else ""
                if text != shown or time.monotonic() - told > TELL_SECONDS:
                    told, shown = time.monotonic(), text
                    yield _growing(draft, plain and _told(plain, prompt), own.quick.question)
                if draft.is_over:
                    return

    def _unavailable(self, error: GenerationError) -> str:
        state = "gave no whole answer" if error.answered else "unavailable"
        return f"Language model {state} ({self.generator.name}): {_ended(str(error))}"


def _decided(
    draft: Draft, plain: Answer, failure: str, near: Collection[Place], refuse_below: float
) -> Answer:
    """What to show, once nothing more is written."""
    if _stands(draft, plain, near):
        answer = _of(draft, plain).noted(*_left_unsaid(draft))
        return _broken_off(answer, failure) if failure else answer
    if failure:
        return plain.noted(f"{failure} This is what the documents say, word for word.")
    if draft.refuses and (draft.as_told or _denied(plain.confidence) < refuse_below):
        return _refused(plain, "The language model found no answer in the passages.")
    if draft.refuses:
        return plain.noted(
            "The language model found no answer in the passages; this is what they say, word for "
            "word.",
        )
    # Not a refusal: the engine, which can tell better than a model that makes things up, found an
    # answer. Refusing here took refusal precision on the seeds from .57 to .45 (a 135M model).
    if draft.holds and _is_most(draft):
        fault = "What the language model wrote is beside the question; this is what the documents"
    else:
        written = "Most of what" if draft.holds else "What"
        unsupported = "the language model wrote is not supported by the documents"
        fault = f"{written} {unsupported}; this is what they"
    return plain.noted(f"{fault} say, word for word.")


def _denied(chance: float) -> float:
    """What is left of the chance that the documents answer, where the model says they do not."""
    return chance / (chance + (1 - chance) * DENIAL)


def _stands(draft: Draft, plain: Answer, near: Collection[Place]) -> bool:
    """Whether what is left of ``draft`` may be the answer: something holds, and it cites a sentence
    that ``plain`` cites too, or most was kept and it cites one that is near the question.
    """
    cited = _cited(draft.citations)
    may_stand = _is_most(draft) and not cited.isdisjoint(near)
    return draft.holds and (may_stand or not cited.isdisjoint(_cited(plain.citations)))


def _is_most(draft: Draft) -> bool:
    return len(draft.sentences) >= draft.dropped


def _near(question: Question, found: Found) -> frozenset[Place]:
    """The sentences that are like the question; all of them where that says nothing."""
    best = max((s.similarity for s in found.sentences), default=0.0)
    least = min(best, NEAR * best)  # the best is near even where it is unlike
    return frozenset(
        Place(s.hit.passage.document_id, s.start, s.end)
        for s in found.sentences
        if question.kind is not Kind.FACT or s.similarity >= least
    )


def _cited(citations: Sequence[Citation]) -> frozenset[Place]:
    return frozenset(Place(c.document_id, c.start, c.end) for c in citations)


def _broken_off(answer: Answer, failure: str) -> Answer:
    notice = f"{failure} This answer is incomplete."
    return replace(answer, text=answer.text + CUT_SHORT, incomplete=True).noted(notice)


def _growing(draft: Draft, plain: Answer | None, asked: str) -> Answer:
    """The answer so far; without text while it may still be refused."""
    return replace(_of(draft, plain) if plain else Answer(asked, ""), incomplete=True)


def _of(draft: Draft, plain: Answer) -> Answer:
    return replace(plain, text=draft.text, citations=draft.citations, sentences=draft.sentences)


def _refused(plain: Answer, notice: str) -> Answer:
    text = compose_refusal(plain.hits, ())
    refused = Answer(plain.question, text, (), True, plain.confidence / 2, plain.hits)
    return refused.noted(*plain.notices, notice)


def _left_unsaid(draft: Draft) -> tuple[str, ...]:
    """What the model wrote that is not shown."""
    notices = []
    if draft.dropped:
        left_out = f"{_counted(draft.dropped)} of the language model left out"
        notices.append(f"{left_out}: not supported by the documents.")
    if draft.fragments:
        left_out = f"{_counted(draft.fragments)} of the language model left out"
        notices.append(f"{left_out}: not finished.")
    if draft.lacks:
        notices.append("The language model found nothing on part of the question.")
    return tuple(notices)


def _counted(sentences: int) -> str:
    return "1 sentence" if sentences == 1 else f"{sentences} sentences"


def _unjudged(failure: str) -> tuple[str, ...]:
    """That the judge failed, where it did."""
    if not failure:
        return ()
    return (f"Checked by words alone, since the judge of sentences failed: {_ended(failure)}",)


def _ended(reason: str) -> str:
    return reason if reason.endswith("?") else f"{reason}."


def _told(plain: Answer, prompt: Prompt) -> Answer:
    return plain.noted(*_left_out(prompt))


def _left_out(prompt: Prompt) -> tuple[str, ...]:
    """What did not fit into the model's context."""
    parts = []
    if prompt.left_out:
        parts.append(f"{prompt.left_out} of {prompt.left_out + len(prompt.shown)} passages")
    if prompt.turns_left_out:
        parts.append(f"{prompt.turns_left_out} earlier turns")
    if not parts:
        return ()
    return (f"Not shown to the language model, for want of room: {' and '.join(parts)}.",)
