"""Fit the engine's coefficients on public data: ``python -m eval.train.fit --data DIR --out FILE``.

Two linear models, each without the reader's features, with them, and for follow-ups. *Sentence*:
which of the sentences found is evidence, fitted as a choice among the sentences of one question
(conditional logit, McFadden 1974). *Answer*: whether the documents answer, fitted as logistic
regression on what the first model chooses, then scaled to the chance that they answer and what was
chosen shows it (Platt 1999). Each set counts the same whatever its size. ``--cross-validate``
leaves one set, or one article of squad2, out at a time and prints how the rest does on it.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from assistant.quote.coefficients import Coefficients, Known, feature_names, known_of
from assistant.quote.features import sigmoid
from assistant.read.reader import PackagedReader
from assistant.settings import AnswerSettings
from eval.aggregate import calibration_error, refusal_auroc
from eval.train.gather import ARTICLES, SETS, STRANGE, Example, Sets, gather_all
from eval.train.models import answer_row, fit, is_right


def main() -> None:
    """Read the options, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the public sets")
    parser.add_argument("--out", type=Path, help="coefficients.json to write")
    parser.add_argument("--cross-validate", action="store_true", help="leave one set out at a time")
    parser.add_argument(
        "--most", type=int, help="questions of a set, drawn at random (default: all)"
    )
    parser.add_argument("--no-reader", action="store_true", help="only the models without it")
    options = parser.parse_args()
    reader = None if options.no_reader else PackagedReader()
    sets = gather_all(options.data, reader, options.most)
    fitted = {}
    for known in (Known.WITHOUT_READER,) if options.no_reader else Known:
        used, with_reader = used_for(known, sets), known is not Known.WITHOUT_READER
        # Only one set of follow-ups names their evidence; eval/follow_ups is there to measure.
        folds = left_out(used) if options.cross_validate and known is not Known.FOLLOW_UP else ()
        for title, rest, held_out in folds:
            models = fit(rest, with_reader=with_reader)
            line = report(held_out, models, with_reader=with_reader)
            print(f"{known}, never seen {title}: {line}")
        models = fit(counted(known, used), with_reader=with_reader)
        fitted[known] = to_json(models, known)
        for name, examples in used.items():
            print(f"{known}, {name}: {report(examples, models, with_reader=with_reader)}")
    if options.out:
        options.out.write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


def used_for(known: Known, sets: Sets) -> Sets:
    """What the models for what is ``known`` are fitted on."""
    if known is Known.WITHOUT_READER:
        return without_near_misses(sets)
    used = {
        title: [e for e in of if e.readings and known_of(e.question, e.readings) is known]
        for title, of in sets.items()
    }
    return {title: of for title, of in used.items() if of}


def counted(known: Known, used: Sets) -> list[list[Example]]:
    """The sets as often as they count: once, and follow-ups on the articles twice.

    There are few sets of follow-ups, and mtrag's documents are passages: with a third of the say it
    would teach that similarity tells near misses, which it does not inside a longer document.
    """
    own = [of for title, of in used.items() if title.startswith(ARTICLES.name)]
    return [*used.values(), *(own if known is Known.FOLLOW_UP else [])]


def without_near_misses(sets: Sets) -> Sets:
    """What the models without the reader are fitted on: they cannot tell near misses, and where
    these are many they only learn to refuse more of everything.
    """
    public = {title: of for title, of in sets.items() if title.split(",")[0] in SETS}
    return {
        title: [e for e in of if e.case.answerable or STRANGE in e.case.tags]
        if "," in title
        else of
        for title, of in public.items()
    }


def left_out(sets: Sets) -> Iterator[tuple[str, list[list[Example]], list[Example]]]:
    """What to fit and what to measure on: each set, then each article of squad2, in turn.

    A set and the same asked alone are left out together.
    """
    for title, examples in sets.items():
        name = title.split(",")[0]
        yield title, [of for other, of in sets.items() if other.split(",")[0] != name], examples
    named = {title for title in sets if title.startswith(SETS[0])}
    articles = [set(e.case.documents) for e in sets[SETS[0]]]
    for article in sorted(set.union(*articles)):
        rest = [
            [e for e in of if title not in named or _first_document(e) != article]
            for title, of in sets.items()
        ]
        held_out = [e for e in sets[SETS[0]] if _first_document(e) == article]
        yield f"{SETS[0]}, {article}", rest, held_out


def report(examples: Sequence[Example], models: Coefficients, *, with_reader: bool) -> str:
    """One line of figures on a set."""
    rows = [answer_row(example, models.sentence, with_reader=with_reader) for example in examples]
    chances = np.array([sigmoid(float(models.answer.score(features))) for features, _ in rows])
    right = np.array([is_right(e, chosen) for e, (_, chosen) in zip(examples, rows, strict=True)])
    truth = np.array([example.case.answerable for example in examples])
    refused, once = chances < AnswerSettings().refuse_below, np.ones((1, len(truth)))
    rightly = int((refused & ~truth).sum())
    return (
        f"right where answerable {right[truth].mean():.3f}  "
        f"AUROC {refusal_auroc(chances, truth, once)[0]:.3f}  "
        f"calibration error {calibration_error(chances, right, once)[0]:.3f}  "
        f"refusal precision {rightly / max(int(refused.sum()), 1):.3f} "
        f"recall {rightly / max(int((~truth).sum()), 1):.3f}  "
        f"answerable refused {(refused & truth).sum() / max(int(truth.sum()), 1):.3f}"
    )


def to_json(models: Coefficients, known: Known) -> dict[str, dict[str, float]]:
    """Both models with the names of their features."""
    names = feature_names(known)
    return {
        kind: {"bias": round(model.bias, 4)}
        | {name: round(float(w), 4) for name, w in zip(features, model.weights, strict=True)}
        for kind, model, features in zip(("sentence", "answer"), models, names, strict=True)
    }


def _first_document(example: Example) -> str:
    return example.found.hits[0].passage.document_id


if __name__ == "__main__":
    main()
