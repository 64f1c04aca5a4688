"""Deterministic stand-ins that a reader can compute by hand."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from index.embed import Progress
from index.vectors import FloatVector, PassageVectors, Span, unit


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
