"""What the documents are about: their most central sentences, none twice. Pure."""

from collections.abc import Sequence

from assistant.features import starts_in_the_air
from index.types import BlockKind, Sentence

LEAD_BONUS = 0.25
"""Added to the first sentence in a paragraph: it usually says what the rest is about."""
SAME_WORDS = 0.5
"""Two sentences that share this much of their words (Jaccard) say the same."""


def central_sentences(sentences: Sequence[Sentence], count: int) -> tuple[Sentence, ...]:
    """Up to ``count`` sentences that stand for a document, in document order.

    Args:
        sentences: all of a document, in order, ``similarity`` being that with the whole of it.
        count: at least 1.
    """
    told = [s for s in sentences if s.kind is BlockKind.PARAGRAPH] or list(sentences)
    ranked = sorted(
        told,
        key=lambda s: (-s.similarity - LEAD_BONUS * (s is told[0]), s.start),
    )
    picked: list[Sentence] = []
    for s in ranked:
        if len(picked) == count:
            break
        standing = not starts_in_the_air(s.text) and len(s.terms) >= 6
        if standing and not any(_overlap(s, other) >= SAME_WORDS for other in picked):
            picked.append(s)
    return tuple(sorted(picked or ranked[:1], key=lambda s: s.start))


def _overlap(a: Sentence, b: Sentence) -> float:
    return len(a.terms & b.terms) / max(len(a.terms | b.terms), 1)
