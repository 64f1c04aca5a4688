"""Whether the documents answer at all: a calibrated chance from several scores. Pure."""

from collections.abc import Sequence

from assistant.quote.choose import Choice
from assistant.quote.coefficients import Linear
from assistant.quote.features import Readings, answer_features, sigmoid
from assistant.understand.question import Question, Terms
from assistant.wording.words import GENERIC
from index.types import Found


def confidence_of(  # noqa: PLR0913, PLR0917 - all that is known of an answer
    question: Question,
    found: Found,
    choice: Choice,
    model: Linear,
    names: Sequence[str],
    readings: Readings | None = None,
) -> float:
    """Chance, 0 to 1, that the documents answer the question and the chosen sentences show it."""
    if not choice.chosen:
        return 0.0
    features = answer_features(question, found, choice.scores, choice.chosen, names, readings)
    return sigmoid(float(model.score(features)))


def missing_words(
    text: str, question: Question, found: Found, names: Sequence[str], terms: Terms
) -> list[str]:
    """Those words of ``text``, as written, that no document has; names and numbers first.

    None of the words that many a question is asked with, whatever it is about.

    Args:
        text: what the user asked.
        question: the same, understood.
        found: of the search.
        names: stems of the names and numbers in the question.
        terms: the index's stemmer.
    """
    absent = [term for term in question.terms if term in found.missing]
    absent.sort(key=lambda term: term not in names)
    words = [word.strip("?!.,;:“”\"'()") for word in text.split()]
    shown = (next((w for w in words if term in terms(w)), None) for term in absent)
    telling = [word for word in dict.fromkeys(shown) if word and word.lower() not in GENERIC]
    return telling[:3]
