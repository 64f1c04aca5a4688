"""Deterministic stand-ins that a reader can compute by hand."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Answer, Assistant, Settings
from assistant.llm.generator import GenerationError, Message, Pieces
from assistant.settings import AnswerSettings
from index.embed import Progress
from index.vectors import FloatVector, PassageVectors, Span, unit

UNREAD = Settings(answer=AnswerSettings(reader=False))
"""Settings without the reader, which is a real model."""


class HashEmbedder:
    """Each lower-case word adds 1 to one of ``dimension`` places; vectors have unit length.

    So two texts have a cosine of 1 when they have the same words, and about 0 when they share none.
    """

    def __init__(self, dimension: int = 256, fingerprint: str = "hash 1") -> None:
        self.dimension = dimension
        self.fingerprint = fingerprint
        self.embedded: list[str] = []
        """Every passage that was embedded, in order."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def embed_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[PassageVectors]:
        self.embedded += texts
        result = []
        for text, spans in zip(texts, sentences, strict=True):
            rows = [self._vector(text[a:b]) for a, b in spans]
            matrix = np.array(rows, np.float32).reshape(len(spans), self.dimension)
            result.append(PassageVectors(self._vector(text), matrix))
            if progress:
                progress(1)
        return result

    def embed_question(self, question: str) -> FloatVector:
        return self._vector(question)

    def _vector(self, text: str) -> FloatVector:
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"\w+", text.lower()):
            vector[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.dimension] += 1
        return unit(vector)


class ScriptedGenerator:
    """A language model that replies what it was told to, in pieces of a few characters.

    Tokens are words, so that a reader can count them.
    """

    name = "scripted"

    def __init__(self, *replies: str | Exception, context_tokens: int = 4000) -> None:
        self.replies = list(replies)
        """What is left to reply, in order; an exception is raised where it stands."""
        self.context_tokens = context_tokens
        self.prompts: list[tuple[Message, ...]] = []
        self.closed = 0
        """How many replies were stopped before their end."""

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Pieces:
        self.prompts.append(tuple(messages))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        whole, _, breaks_off = reply.partition("<<cut>>")
        try:
            for start in range(0, len(whole), 7):
                yield whole[start : start + 7]
        except GeneratorExit:
            self.closed += 1
            raise
        if breaks_off:
            raise GenerationError(breaks_off)


def opened(place: Path, name: str, text: str, **options: Any) -> Assistant:
    """An assistant on a folder with one document; ``options`` are those of ``from_folder``."""
    folder = place / "documents"
    folder.mkdir()
    (folder / name).write_text(text, encoding="utf-8")
    return Assistant.from_folder(folder, index_dir=place / "index", **options)


def quotes(answer: Answer) -> list[str]:
    """What an answer cites, in order."""
    return [citation.quote for citation in answer.citations]
