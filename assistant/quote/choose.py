"""Which sentences answer: the best, with the neighbour that an opener points at. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.quote.coefficients import Linear
from assistant.quote.features import NO_RIVAL, Readings, replies, sentence_features
from assistant.types import Place
from assistant.understand.question import Question
from assistant.wording.answer_type import AnswerType
from assistant.wording.openers import starts_in_the_air
from index.types import BlockKind, Found, Sentence

POINTS_FROM = -3.0
"""Log odds, and margin in logits, from which on the reader's words are pointed at. Below 0: it is
wary of near misses, and where the engine answers all the same, what it likes best is right more
often than not (docs/decisions/the-reader.md)."""
MOST_BETWEEN = 40
"""Characters between two sentences of a text that stand together: a blank line, the sign of a list,
a short sentence."""
SECOND_WITHIN = 2.5
"""A further sentence joins when its log odds are within this of the best one's."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The sentences of an answer, and every sentence's score."""

    chosen: tuple[Sentence, ...]
    """In the order they are shown: the best first, but after what stands right before it."""
    scores: tuple[float, ...]
    """Log odds for each of ``Found.sentences``; those barred are no rivals of the best."""


def answering_words(
    question: Question, readings: Readings, found: Found, chosen: Sequence[Sentence]
) -> Place | None:
    """The words that the reader points at, in the passage of ``chosen`` that it likes best.

    None where it finds an answer most unlikely, and for questions that no few words answer.
    """
    if question.answer_type in (AnswerType.YES_NO, AnswerType.REASON):
        return None
    homes = {s.hit.passage.id for s in chosen if s.hit.passage.id in readings}
    best = max(sorted(homes), key=lambda id_: readings[id_].answerable, default=None)
    if best is None or min(readings[best].answerable, readings[best].margin) < POINTS_FROM:
        return None
    passage = next(hit.passage for hit in found.hits if hit.passage.id == best)
    first, last = readings[best].span
    return Place(passage.document_id, passage.start + first, passage.start + last)


def choose(  # noqa: PLR0913, PLR0917 - all that is known, and what is ruled out
    question: Question,
    found: Found,
    model: Linear,
    max_sentences: int,
    readings: Readings | None = None,
    barred: Collection[int] = (),
) -> Choice:
    """The one to ``max_sentences`` sentences that answer best; none when nothing was found.

    Args:
        question: what was asked.
        found: by the search for it.
        model: weighs what is known of a sentence.
        max_sentences: at least 1.
        readings: by passage id; None without a reader.
        barred: numbers of the sentences that may not be chosen, however well they match.
    """
    scores = [float(x) for x in model.score(sentence_features(question, found, readings))]
    order = sorted(range(len(scores)), key=lambda i: (-scores[i], i))
    order = [i for i in order if i not in barred]
    if not order:
        return Choice((), tuple(scores))
    candidates = [i for i in order if found.sentences[i].kind is not BlockKind.HEADING] or order
    best = candidates[0]
    picked = [best]
    for i in candidates[1:]:
        if len(picked) == max_sentences or scores[i] < scores[best] - SECOND_WITHIN:
            break
        if not _repeats(found.sentences, picked, i):
            picked.append(i)
    around = [i for i in _reply_around(found.sentences, best) if i not in barred]
    if around and max_sentences > 1:
        picked = [*dict.fromkeys([best, *around, *picked])][:max_sentences]
    if len(picked) < max_sentences and starts_in_the_air(found.sentences[best].text):
        picked += [i for i in _before(found.sentences, best) if i not in barred]
    for i in barred:
        scores[i] = min(scores[i], scores[best] - NO_RIVAL)
    return Choice(_ordered([found.sentences[i] for i in picked]), tuple(scores))


def _before(sentences: Sequence[Sentence], i: int) -> list[int]:
    """The sentence just before, when it is in the same passage and not a heading."""
    if i and sentences[i - 1].hit.passage.id == sentences[i].hit.passage.id:
        return [i - 1] if sentences[i - 1].kind is not BlockKind.HEADING else []
    return []


def _reply_around(sentences: Sequence[Sentence], i: int) -> list[int]:
    """The “No.” right before sentence ``i``; what follows where that is one itself."""
    before = [j for j in _before(sentences, i) if replies(sentences[j])]
    if before or not replies(sentences[i]):
        return before
    after = i + 1
    is_here = after < len(sentences) and _before(sentences, after)
    return [after] if is_here else []


def _repeats(sentences: Sequence[Sentence], picked: Sequence[int], i: int) -> bool:
    """Whether sentence ``i`` says the same, word for word, as one already picked."""
    return any(sentences[i].terms == sentences[j].terms for j in picked)


def _ordered(chosen: Sequence[Sentence]) -> tuple[Sentence, ...]:
    """As they are shown: what stands together as it does in the text, and first what is best; after
    it what is from the same passage.

    Args:
        chosen: the best one first.
    """
    runs: list[list[Sentence]] = []
    for sentence in sorted(chosen, key=lambda s: (s.hit.passage.id, s.start)):
        if runs and _stand_together(runs[-1][-1], sentence):
            runs[-1].append(sentence)
        else:
            runs.append([sentence])
    passages = list(dict.fromkeys(s.hit.passage.id for s in chosen))
    runs.sort(key=lambda run: (passages.index(run[0].hit.passage.id), min(map(chosen.index, run))))
    return tuple(sentence for run in runs for sentence in run)


def _stand_together(one: Sentence, other: Sentence) -> bool:
    """Whether ``other`` follows ``one`` in the same passage."""
    return one.hit.passage.id == other.hit.passage.id and other.start - one.end <= MOST_BETWEEN
