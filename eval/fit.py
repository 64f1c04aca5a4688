"""Fit the engine's coefficients on public data: ``python -m eval.fit --data DIR --out FILE``.

Two linear models, each without the reader's features, with them, and for follow-ups. *Sentence*:
which of the sentences found is evidence, fitted as a choice among the sentences of one question
(conditional logit, McFadden 1974). *Answer*: whether the documents answer, fitted as logistic
regression on what the first model chooses, then scaled to the chance that they answer and what was
chosen shows it (Platt 1999). Each set counts the same whatever its size. ``--cross-validate``
leaves one set, or one article of squad2, out at a time and prints how the rest does on it.
"""

import argparse
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from assistant import Assistant
from assistant.find import find
from assistant.quote.choose import choose
from assistant.quote.coefficients import Coefficients, Known, Linear, feature_names, known_of
from assistant.quote.features import (
    Readings,
    answer_features,
    name_terms,
    sentence_features,
    sigmoid,
)
from assistant.quote.last_turn import going_on
from assistant.quote.verbatim import has_no_answer, read_found
from assistant.read.reader import PackagedReader, Reader
from assistant.settings import AnswerSettings
from assistant.understand.followup import repeated
from assistant.understand.kinds import Kind
from assistant.understand.moves import without_opener
from assistant.understand.question import Question
from eval.aggregate import calibration_error, refusal_auroc
from eval.cases import Case, load_cases
from eval.match import Evidence, Stretch, locate, matched
from eval.reader_data import Item
from eval.reader_questions import load_written
from index.chunk import split_sentences
from index.embed import load_embedder
from index.types import Found, Sentence

SETS = ("squad2", "xquad", "clapnq", "mtrag")
ARTICLES = Path(__file__).with_name("articles")
"""35 documents of many kinds with 40 questions on each, written for this: near misses that nothing
in the whole document answers, and answerable questions in other words than the text's."""
FOLLOW_UPS = "follow_ups.jsonl"
"""In the same folder: some 20 on each, what one of these asks, put as it would be after another."""
ALONE = ("squad2", "xquad", ARTICLES.name)
"""Sets whose documents are also asked one at a time."""
STRANGE = "strange"
"""Tag of a question that is about another document."""
STRANGE_WEIGHT = 0.3
"""How much such a question counts beside the others: people ask them more seldom, and near misses
are what is hard (docs/decisions/refusing.md)."""
ANSWERABLE_SHARE = 2 / 3
"""How many of the questions of a set count as answerable: in use most are, and half made
``confidence`` too low."""
WRITTEN = "written"
WRITTEN_COUNT = 700
"""The questions written for the reader, of articles that it was not trained on: near misses that
teach how far to believe it. So many of them are asked."""
LEAST_PASSAGES = 4
"""Of an article that is asked about: a shorter one is no document."""
TRAINED_ON = (
    "1973-oil-crisis.txt",
    "French-and-Indian-War.txt",
    "Imperialism.txt",
    "Packet-switching.txt",
    "Scottish-Parliament.txt",
    "Yuan-dynasty.txt",
)
"""Articles of squad2 that the reader knows: nothing can be learned from how it reads them."""
PENALTY = 1e-3
"""Of the squared standardised weights."""
MAX_SENTENCES = 2

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A case with all that the engine knows before it chooses."""

    case: Case
    question: Question
    found: Found
    readings: Readings | None
    names: tuple[str, ...]
    labels: tuple[bool, ...]
    """For each sentence found, whether it is evidence; all False where the case names none."""

    def features(self, *, with_reader: bool) -> Matrix:
        """Rows of the sentence model."""
        return sentence_features(self.question, self.found, self.readings if with_reader else None)


def gather(assistant: Assistant, cases: Sequence[Case], reader: Reader | None) -> list[Example]:
    """What the engine knows of each question of fact."""
    texts = {d.id: assistant.document(d.id).text for d in assistant.documents()}
    terms, count = assistant.index.terms, assistant.settings.answer.passages
    examples = []
    for case in cases:
        text, history = repeated(case.question, case.history)
        question, found = find(assistant.index, without_opener(text), history, count)
        if question.kind is not Kind.FACT:
            continue
        in_vain = has_no_answer(case.question, question, found)
        readings = None
        if reader and not in_vain and found.hits[0].passage.document_id not in TRAINED_ON:
            readings = going_on(read_found(reader, question, found), question, found.sentences)
        named = [(id_, texts[id_]) for id_ in case.documents]
        evidence = [locate(text, named) for text in case.evidence]
        labels = tuple(_is_evidence(s, evidence) for s in found.sentences)
        names = name_terms(case.question, terms)
        examples.append(Example(case, question, found, readings, names, labels))
    return examples


def gather_alone(
    folder: Path,
    cases: Sequence[Case],
    homes: Sequence[str],
    reader: Reader | None,
    *,
    strange: bool = True,
) -> list[Example]:
    """What the engine knows when a folder holds a single document, for each document in turn.

    Its own questions are asked, near misses among them, and as many of the other documents': to
    them it has no answer. In a small folder words are missing and scores are low more often, so it
    is fitted on as well.

    Args:
        folder: the documents.
        cases: the questions.
        homes: the document that each of them is about.
        reader: reads what is found; None to do without.
        strange: whether those of others are asked.
    """
    embedder = load_embedder()
    examples: list[Example] = []
    pairs = list(zip(cases, homes, strict=True))
    for document in sorted(set(homes)):
        own = [case for case, home in pairs if home == document]
        rest = [case for case, home in pairs if home != document] if strange else []
        some = rest[:: max(len(rest) // len(own), 1)][: len(own)]
        nothing: dict[str, Any] = {"answers": (), "evidence": (), "documents": ()}
        others = [replace(case, answerable=False, tags=(STRANGE,), **nothing) for case in some]
        with TemporaryDirectory() as place:
            alone = Path(place) / "documents"
            alone.mkdir()
            shutil.copy(folder / document, alone)
            assistant = Assistant.from_folder(
                alone, index_dir=Path(place) / "index", embed_model=embedder
            )
            examples += gather(assistant, [*own, *others], reader)
            assistant.close()
    return examples


def home_of(assistant: Assistant, case: Case) -> str:
    """The document that a case is about: the one it names, else that of what is found first."""
    if len(case.documents) == 1:
        return case.documents[0]
    return assistant.search(case.question, k=1)[0].passage.document_id


def gather_written(
    data: Path, reader: Reader | None, most: int
) -> tuple[list[Example], list[Example]]:
    """What the engine knows of at most so many questions kept out of the reader's training: asked
    of all their articles together, and of each alone.
    """
    items = load_written(data, "valid")
    passages: dict[str, dict[str, None]] = {}
    for item in items:
        passages.setdefault(item.group, {})[item.passage] = None
    names = {
        group: f"{number}.txt"
        for number, (group, of) in enumerate(sorted(passages.items()))
        if len(of) >= LEAST_PASSAGES
    }
    items = [item for item in items if item.group in names]
    asked = random.Random(1).sample(items, min(most, WRITTEN_COUNT, len(items)))  # noqa: S311
    homes = [names[item.group] for item in asked]
    cases = [case_of(str(n), item, homes[n]) for n, item in enumerate(asked)]
    with TemporaryDirectory() as place:
        folder = Path(place) / "documents"
        folder.mkdir()
        for group, name in names.items():
            (folder / name).write_text("\n\n".join(passages[group]), encoding="utf-8")
        assistant = Assistant.from_folder(folder, index_dir=Path(place) / "index")
        together = gather(assistant, cases, reader)
        assistant.close()
        return together, gather_alone(folder, cases, homes, reader)


def case_of(name: str, item: Item, document: str) -> Case:
    """A written question as a case: its evidence is the sentence in which the answer starts."""
    if item.start is None:
        return Case(name, item.text, answerable=False)
    spans = split_sentences(item.passage)
    evidence = tuple(item.passage[a:b] for a, b in spans if a <= item.start < b)
    answer = item.passage[item.start : item.end]
    return Case(
        name,
        item.text,
        answerable=True,
        answers=(answer,),
        evidence=evidence,
        documents=(document,),
    )


def fit_sentence(sets: Sequence[Sequence[Example]], *, with_reader: bool) -> Linear:
    """Weights that put evidence before the other sentences of its question."""
    groups = [
        (example.features(with_reader=with_reader), np.array(example.labels), 1 / len(examples))
        for examples in sets
        for example in examples
        if any(example.labels)
    ]
    scale = np.concatenate([rows for rows, _, _ in groups]).std(axis=0) + 1e-9
    longest = max(len(rows) for rows, _, _ in groups)
    inputs = torch.zeros(len(groups), longest, len(scale))
    there = torch.zeros(len(groups), longest, dtype=torch.bool)
    right = torch.zeros(len(groups), longest, dtype=torch.bool)
    for i, (rows, labels, _) in enumerate(groups):
        inputs[i, : len(rows)] = torch.from_numpy(rows / scale).float()
        there[i, : len(rows)] = True
        right[i, : len(rows)] = torch.from_numpy(labels)
    shares = torch.tensor([share for _, _, share in groups])
    shares /= shares.sum()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        scores = (inputs @ weights).masked_fill(~there, -1e9)
        chosen = torch.logsumexp(scores.masked_fill(~right, -1e9), 1)
        return -((chosen - torch.logsumexp(scores, 1)) * shares).sum()

    return Linear(minimise(loss, len(scale)).numpy() / scale, 0.0)


def fit_answer(sets: Sequence[Sequence[Example]], sentence: Linear, *, with_reader: bool) -> Linear:
    """Weights and bias of the chance that the documents answer."""
    rows, labels, shares = [], [], []
    for examples in sets:
        for example in examples:
            rows.append(answer_row(example, sentence, with_reader=with_reader)[0])
            labels.append(example.case.answerable)
        shares += shares_of(examples, balanced=with_reader)
    matrix = np.array(rows)
    scale = matrix.std(axis=0) + 1e-9
    inputs = torch.from_numpy(np.hstack([matrix / scale, np.ones((len(matrix), 1))])).float()
    target, weight = torch.tensor(labels).float(), torch.tensor(shares)
    weight /= weight.sum()

    def loss(weights: torch.Tensor) -> torch.Tensor:
        cross = torch.nn.functional.binary_cross_entropy_with_logits
        return (cross(inputs @ weights, target, reduction="none") * weight).sum()

    fitted = minimise(loss, inputs.shape[1]).numpy()
    return Linear(fitted[:-1] / scale, float(fitted[-1]))


def shares_of(examples: Sequence[Example], *, balanced: bool) -> list[float]:
    """How much each example of a set counts, 1 together.

    If ``balanced``, ``ANSWERABLE_SHARE`` of it are the answerable: how many a set happens to have
    says nothing of what people ask, and would be taken for a property of its documents.
    """
    weights = np.array([STRANGE_WEIGHT if STRANGE in e.case.tags else 1.0 for e in examples])
    answerable = np.array([e.case.answerable for e in examples])
    if balanced and answerable.any() and not answerable.all():
        weights[answerable] *= ANSWERABLE_SHARE / weights[answerable].sum()
        weights[~answerable] *= (1 - ANSWERABLE_SHARE) / weights[~answerable].sum()
    return [float(weight) for weight in weights / weights.sum()]


def calibrated(
    answer: Linear, sets: Sequence[Sequence[Example]], sentence: Linear, *, with_reader: bool
) -> Linear:
    """``answer`` scaled and shifted to the chance that the answer is right: its order stays."""
    scores, right, shares = [], [], []
    for examples in sets:
        for example in examples:
            features, chosen = answer_row(example, sentence, with_reader=with_reader)
            scores.append(float(answer.score(features)))
            right.append(float(is_right(example, chosen)))
        shares += shares_of(examples, balanced=with_reader)
    log_odds, target, weight = (torch.tensor(values) for values in (scores, right, shares))
    weight /= weight.sum()

    def loss(line: torch.Tensor) -> torch.Tensor:
        cross = torch.nn.functional.binary_cross_entropy_with_logits
        return (cross(log_odds * line[0] + line[1], target, reduction="none") * weight).sum()

    scale, shift = minimise(loss, 2).tolist()
    return Linear(answer.weights * scale, answer.bias * scale + shift)


def is_right(example: Example, chosen: Sequence[Sentence]) -> bool:
    """Whether an answer of ``chosen`` cites evidence; where none is named, a named document."""
    if not example.case.answerable:
        return False
    if not example.case.evidence:
        return any(s.hit.passage.document_id in example.case.documents for s in chosen)
    labelled = zip(example.found.sentences, example.labels, strict=True)
    return any(label for s, label in labelled if s in chosen)


def answer_row(
    example: Example, sentence: Linear, *, with_reader: bool
) -> tuple[Matrix, tuple[Sentence, ...]]:
    """The features of the answer that ``sentence`` chooses, and its sentences."""
    readings = example.readings if with_reader else None
    choice = choose(example.question, example.found, sentence, MAX_SENTENCES, readings)
    features = answer_features(
        example.question, example.found, choice.scores, choice.chosen, example.names, readings
    )
    return features, choice.chosen


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


def fit(sets: Sequence[Sequence[Example]], *, with_reader: bool) -> Coefficients:
    """Both models."""
    sentence = fit_sentence(sets, with_reader=with_reader)
    answer = fit_answer(sets, sentence, with_reader=with_reader)
    return Coefficients(sentence, calibrated(answer, sets, sentence, with_reader=with_reader))


Sets = dict[str, list[Example]]


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


def _first_document(example: Example) -> str:
    return example.found.hits[0].passage.document_id


def _is_evidence(s: Sentence, evidence: Sequence[Evidence]) -> bool:
    stretch = Stretch(s.hit.passage.document_id, s.start, s.end, s.text)
    return bool(matched(stretch, evidence))


def minimise(loss: Callable[[torch.Tensor], torch.Tensor], size: int) -> torch.Tensor:
    """The ``size`` weights with the least ``loss`` and ``PENALTY`` of their squares."""
    weights = torch.zeros(size, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        value = loss(weights) + PENALTY * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return weights.detach().double()


def to_json(models: Coefficients, known: Known) -> dict[str, dict[str, float]]:
    """Both models with the names of their features."""
    names = feature_names(known)
    return {
        kind: {"bias": round(model.bias, 4)}
        | {name: round(float(w), 4) for name, w in zip(features, model.weights, strict=True)}
        for kind, model, features in zip(("sentence", "answer"), models, names, strict=True)
    }


def gather_all(data: Path, reader: Reader | None, most: int | None = None) -> Sets:
    """Every set that is fitted on, by title.

    Args:
        data: folder with the public sets.
        reader: reads what is found; None to do without.
        most: questions of a set, drawn at random; None for all.
    """
    sets: Sets = {}
    for folder in (*(data / name for name in SETS), ARTICLES):
        documents, cases = folder / "documents", drawn(load_cases(folder), most)
        with TemporaryDirectory() as place:
            assistant = Assistant.from_folder(documents, index_dir=Path(place) / "index")
            sets[folder.name] = gather(assistant, cases, reader)
            homes = [home_of(assistant, case) for case in cases]
            assistant.close()
        if folder.name in ALONE:
            sets[f"{folder.name}, alone"] = gather_alone(documents, cases, homes, reader)
    if reader:
        together, alone = gather_written(data / "train", reader, most or WRITTEN_COUNT)
        sets[WRITTEN], sets[f"{WRITTEN}, alone"] = together, alone
        sets |= gather_follow_ups(reader, most)
    return sets


def drawn(cases: Sequence[Case], most: int | None) -> list[Case]:
    """At most so many of ``cases``, always the same; None for all."""
    if most is None or len(cases) <= most:
        return list(cases)
    return random.Random(1).sample(cases, most)  # noqa: S311


def gather_follow_ups(reader: Reader, most: int | None) -> Sets:
    """Those on the articles: asked of all of these together, and of each alone."""
    documents, cases = ARTICLES / "documents", drawn(load_cases(ARTICLES / FOLLOW_UPS), most)
    homes = [follow_up_home(case) for case in cases]
    with TemporaryDirectory() as place:
        assistant = Assistant.from_folder(documents, index_dir=Path(place) / "index")
        together = gather(assistant, cases, reader)
        assistant.close()
    alone = gather_alone(documents, cases, homes, reader, strange=False)
    title = f"{ARTICLES.name}, follow-ups"
    return {title: together, f"{title} alone": alone}


def follow_up_home(case: Case) -> str:
    """The article that a follow-up is about; an unanswerable one names it in its id only."""
    return case.id.rsplit("-", 1)[0] + ".txt"


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


if __name__ == "__main__":
    main()
