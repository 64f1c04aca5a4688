"""Questions that the documents do answer, made from their own text."""

from collections import Counter
from collections.abc import Callable

from assistant.followup import names_in
from assistant.types import Answer
from index.search import Index

OVERVIEW_QUESTION = "What is this about?"
DOCUMENTS_READ = 20


def suggest_questions(index: Index, ask: Callable[[str], Answer], count: int) -> tuple[str, ...]:
    """The overview question, and one about each of the names that stand out most.

    Args:
        index: of the documents.
        ask: used to keep only questions that are answered.
        count: how many at most, at least 1.
    """
    names: Counter[str] = Counter()
    for document in index.documents()[:DOCUMENTS_READ]:
        for sentence in index.gist(document.id):
            opener, _, rest = sentence.text.partition(" ")
            names.update(n for n in names_in(rest) if len(n) > 3)
            names.update([opener] * (opener in names))
    questions = [OVERVIEW_QUESTION]
    for name, _ in names.most_common(3 * count):
        if len(questions) == count:
            break
        question = f"What does it say about {name}?"
        if not any(name in other for other in questions) and not ask(question).refused:
            questions.append(question)
    return tuple(questions)
