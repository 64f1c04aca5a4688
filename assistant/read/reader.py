"""The reader: where in a passage the answer to a question stands, and whether it is there at all.

A cross-encoder of our own (docs/model-card.md), read for the few best passages only. torch is
loaded with the first question; importing this module loads nothing.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import as_file, files
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.model import packaged_model, verify_model
from index.types import Sentence

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer
    from torch.nn import Linear

    from assistant.read.reader_model import Outputs, ReaderModel

WEIGHTS = "reader.safetensors"
SHA256 = "a3bb9d1ac6fc95e298b824ef583281f22df003c8e89fc242c458cbcd876cea3c"
GATE = "reader_gate.safetensors"
"""Tells early what is beside the question (``eval.train.fit_gate``)."""
GATE_SHA256 = "174cfb7528cd490d4ccefdecba2d02deb7d2588b693408b821d043fd0abb2e48"
LONGEST_QUESTION = 400
"""Characters of a question that are read."""
LONGEST_ANSWER_TOKENS = 30
LEAST_LEFT = 1e-4
"""Share of an answer that is never ruled out: what is known of a sentence is known by rules."""
UNLIKELY = 10.0
"""Margin, in logits, for a passage with nothing to point at."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage."""

    answerable: float
    """Log odds that the passage answers the question."""
    margin: float
    """How much better the words of ``span`` fit than “no answer here”, in logits."""
    span: Span
    """The words most likely to be the answer, as offsets into the passage."""
    masses: tuple[float, ...]
    """For each sentence, the chance (0 to 1) that the answer starts in it, if there is one."""


class Reader(Protocol):
    """Anything that reads and judges; tests pass a scripted one."""

    def read(
        self, question: str, passages: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[Reading]:
        """A reading of each passage.

        Args:
            question: what is asked.
            passages: any number of texts; none gives an empty list.
            sentences: for each passage, the spans of its sentences.
        """

    def support(self, passages: Sequence[str], sentences: Sequence[str]) -> list[float]:
        """The chance, 0 to 1, that each passage supports the sentence of the same place."""


def read_best(  # noqa: PLR0913, PLR0917 - what is read, and what of it first
    reader: Reader,
    question: str,
    sentences: Sequence[Sentence],
    count: int,
    first: Collection[str] = (),
    also: Collection[int] = (),
) -> dict[int, Reading]:
    """Readings of the best ``count`` passages that ``sentences`` belong to, by passage id; of each
    the part from its first to its last sentence that is given.

    Args:
        reader: does the reading.
        question: what is asked.
        sentences: as in ``Found.sentences``: those of each passage in order, best passage first.
        count: at least 1.
        first: ids of the documents whose passages are read before any other.
        also: ids of passages that are among those read, in place of the last ones.
    """
    groups = [list(group) for _, group in groupby(sentences, key=lambda s: s.hit.passage.id)]
    groups.sort(key=lambda group: group[0].hit.passage.document_id not in first)
    further = [group for group in groups[count:] if group[0].hit.passage.id in also][: count - 1]
    kept = [*groups[: count - len(further)], *further]
    texts = [_text_of(group) for group in kept]
    spans = [[(s.start - group[0].start, s.end - group[0].start) for s in group] for group in kept]
    readings = reader.read(question, texts, spans)
    return {
        group[0].hit.passage.id: _moved(reading, group[0].start - group[0].hit.passage.start)
        for group, reading in zip(kept, readings, strict=True)
    }


def _text_of(sentences: Sequence[Sentence]) -> str:
    """Of a passage, from the first of its ``sentences`` to the last."""
    passage = sentences[0].hit.passage
    return passage.text[sentences[0].start - passage.start : sentences[-1].end - passage.start]


def _moved(reading: Reading, by: int) -> Reading:
    """``reading`` with its words so many characters further on."""
    first, last = reading.span
    return replace(reading, span=(first + by, last + by)) if by else reading


def read_without(
    readings: Mapping[int, Reading], sentences: Sequence[Sentence], barred: Collection[int]
) -> dict[int, Reading]:
    """What is left of ``readings`` where the answer is known not to be in some sentences.

    Each passage is as much less likely to answer, and its words to be better than none, as the
    reader saw the answer in those.

    Args:
        readings: by passage id.
        sentences: as in ``Found.sentences``.
        barred: numbers of those that do not answer.
    """
    if not barred:
        return dict(readings)
    places: dict[int, list[int]] = {}
    for number, sentence in enumerate(sentences):
        places.setdefault(sentence.hit.passage.id, []).append(number)
    return {id_: _without(reading, places[id_], barred) for id_, reading in readings.items()}


def finds_answer(readings: Mapping[int, Reading]) -> bool:
    """Whether some passage more likely answers than not."""
    return any(reading.answerable > 0 for reading in readings.values())


def _without(reading: Reading, places: Sequence[int], barred: Collection[int]) -> Reading:
    pairs = list(zip(places, reading.masses, strict=True))
    lost = sum(mass for place, mass in pairs if place in barred)
    if not lost:
        return reading
    left = max(1 - lost, LEAST_LEFT)
    chance = left / (1 + math.exp(-reading.answerable))
    return replace(
        reading,
        answerable=math.log(chance / (1 - chance)),
        margin=reading.margin + math.log(left),
        masses=tuple(0.0 if place in barred else mass / left for place, mass in pairs),
    )


class PackagedReader:
    """The reader that comes with the assistant, on the CPU. Safe to use from any thread."""

    def __init__(self, weights: Path | None = None) -> None:
        """``weights``: a file of your own making, not checked; None for the packaged one."""
        self._weights = weights

    def read(
        self, question: str, passages: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[Reading]:
        """See ``Reader``. With the packaged weights, passages that turn out to be beside the
        question are not read to their end, as long as another more likely answers than not.

        Raises:
            ModelError: the weights are missing or were altered.
        """
        return self._readings([(question, p) for p in passages], sentences, gated=True)

    def read_pairs(
        self, pairs: Sequence[tuple[str, str]], sentences: Sequence[Sequence[Span]] | None = None
    ) -> list[Reading]:
        """A reading of each pair of question and passage, all to their end.

        Without ``sentences`` no masses.
        """
        return self._readings(pairs, sentences or [()] * len(pairs), gated=False)

    def _readings(
        self,
        pairs: Sequence[tuple[str, str]],
        sentences: Sequence[Sequence[Span]],
        *,
        gated: bool,
    ) -> list[Reading]:
        if not pairs:
            return []
        asked = [(question[:LONGEST_QUESTION], passage) for question, passage in pairs]
        encodings, out = self._run(asked, gated=gated)
        start, end = out.start.numpy(), out.end.numpy()
        return [
            _reading(encoding, start[row], end[row], float(out.answerable[row]), spans)
            for row, (encoding, spans) in enumerate(zip(encodings, sentences, strict=True))
        ]

    def support(self, passages: Sequence[str], sentences: Sequence[str]) -> list[float]:
        """See ``Reader``.

        Raises:
            ModelError: the weights are missing or were altered.
        """
        if not passages:
            return []
        claims = [sentence[:LONGEST_QUESTION] for sentence in sentences]
        _, out = self._run(list(zip(claims, passages, strict=True)), gated=False)
        return [float(x) for x in out.supported.sigmoid()]

    def _run(
        self, pairs: list[tuple[str, str]], *, gated: bool
    ) -> "tuple[list[Encoding], Outputs]":
        model, tokenizer = _loaded(self._weights)
        encodings = tokenizer.encode_batch(pairs)
        return encodings, model.read(encodings, gated=gated)


_LOADING = Lock()


def _loaded(weights: Path | None) -> "tuple[ReaderModel, Tokenizer]":
    """The network and its tokenizer, loaded once for all readers of a process."""
    with _LOADING:
        return _load_once(weights)


@cache
def _load_once(weights: Path | None) -> "tuple[ReaderModel, Tokenizer]":
    if weights:
        return load_reader(weights, None)
    own = files("assistant.read")
    with as_file(own.joinpath(WEIGHTS)) as packaged, as_file(own.joinpath(GATE)) as gate:
        model, tokenizer = load_reader(packaged, SHA256)
        model.gate = load_gate(gate, GATE_SHA256)
    return model, tokenizer


def load_reader(weights: Path, sha256: str | None) -> "tuple[ReaderModel, Tokenizer]":
    """The network with ``weights`` on top of the packaged embeddings, and its tokenizer.

    It has no gate: all is read to the end.

    Args:
        weights: a ``.safetensors`` file.
        sha256: what it must be; None to take any.

    Raises:
        ModelError: the weights are missing, or their sha256 differs.
    """
    from safetensors.torch import load_file

    from assistant.read.reader_model import load_tokenizer, load_weights

    if sha256:
        _verify(weights, sha256)
    base = packaged_model().path
    return load_weights(base, load_file(weights)), load_tokenizer(base)


def load_gate(weights: Path, sha256: str) -> "Linear":
    """The gate (1, width) of the packaged weights: its file names their sha256.

    Raises:
        ModelError: the file is missing or differs from ``sha256``.
    """
    from safetensors.torch import load_file
    from torch.nn import Linear

    _verify(weights, sha256)
    state = load_file(weights)
    gate = Linear(state["weight"].shape[1], 1)
    gate.load_state_dict(state)
    return gate.eval()


def _verify(weights: Path, sha256: str) -> None:
    restore = f"git checkout assistant/read/{weights.name}, or install again from where you got it"
    verify_model(weights.parent, {weights.name: sha256}, f"restore it: {restore}")


def _reading(
    encoding: Any, start: Any, end: Any, answerable: float, sentences: Sequence[Span]
) -> Reading:
    offsets = np.asarray(encoding.offsets)
    inside = (np.asarray(encoding.type_ids) == 1) & (offsets[:, 1] > offsets[:, 0])
    was_left = not np.isfinite(start[0])
    if was_left or not inside.any():
        return Reading(answerable, -UNLIKELY, (0, 0), (0.0,) * len(sentences))
    none = float(start[0] + end[0])
    # Without the padding and the separator at the end.
    start = np.where(inside, start[: len(offsets)], -np.inf)
    end = np.where(inside, end[: len(offsets)], -np.inf)
    chance = np.exp(start - start.max())
    chance /= chance.sum()
    masses = [
        float(chance[inside & (offsets[:, 0] >= first) & (offsets[:, 0] < last)].sum())
        for first, last in sentences
    ]
    first, last = _best_span(start, end)
    margin = float(start[first] + end[last]) - none
    span = (int(offsets[first][0]), int(offsets[last][1]))
    return Reading(answerable, margin, span, tuple(masses))


def _best_span(start: Any, end: Any) -> Span:
    """First and last token of the best answer of at most ``LONGEST_ANSWER_TOKENS`` tokens."""
    scores = start[:, None] + end[None, :]
    allowed = np.triu(np.tril(np.ones_like(scores, bool), LONGEST_ANSWER_TOKENS - 1))
    best = int(np.argmax(np.where(allowed, scores, -np.inf)))
    return best // len(end), best % len(end)
