"""Asks every case and scores the answers: the main path of an evaluation.

``run_cases`` does it for one assistant and its cases; ``merge_runs`` puts several sets together.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from assistant.types import Answer, Citation
from eval.answerer import Answerer, description_of, ids_of, texts_of
from eval.cases import Case
from eval.catalogue import PER_CASE
from eval.match import Texts, text_of
from eval.partial import Partial
from eval.score import evidence_of, failed_scores, score_case
from eval.score_hits import evidence_in_hits
from eval.types import Record, Run, Seen, SeenCitation, SeenHit, key_of
from index.errors import UsageError

CONTEXT_CHARACTERS = 300
"""How much of the document is kept on each side of a citation, to show it in."""
ERROR_CHARACTERS = 300

Progress = Callable[[int, int], None]
"""Called with the number of finished cases and of all cases."""


def run_cases(  # noqa: PLR0913 - two and some keywords, each with a default
    answerer: Answerer,
    cases: Sequence[Case],
    *,
    case_set: str = "",
    texts: Texts | None = None,
    workers: int = 1,
    partial: Partial | None = None,
    progress: Progress | None = None,
) -> Run:
    """Every case asked and scored, in the order of ``cases``.

    A case that fails is recorded with its error, and the others go on. With ``partial``,
    finished cases are kept as they finish and not asked again; an interruption (Ctrl-C) is
    passed on to the caller. More than one worker needs an answerer that may be used from
    several threads at once.

    Raises:
        UsageError: a case names a document that the answerer does not have, or ``partial`` is
            from another assistant.

    >>> run = run_cases(Assistant.from_folder("seeds"), cases)  # doctest: +SKIP
    """
    check_documents(cases, ids_of(answerer))
    started, clock = datetime.now(UTC), time.perf_counter()
    made_with = description_of(answerer)
    finished = partial.begin(case_set, made_with) if partial else {}
    asking = Asking(answerer, case_set, texts or texts_of(answerer))
    records: dict[str, Record] = {}
    for record in _records(asking, cases, finished, workers):
        records[record.key] = record
        if partial and record.key not in finished:
            partial.add(record)
        if progress:
            progress(len(records), len(cases))
    return Run(
        records=tuple(records[key_of(case_set, case.id)] for case in cases),
        made_with={case_set: made_with | {"cases": _digest(cases)}},
        started=started.isoformat(timespec="seconds"),
        seconds=time.perf_counter() - clock,
    )


def merge_runs(runs: Sequence[Run]) -> Run:
    """The runs of several case sets as one."""
    made_with: dict[str, Mapping[str, str]] = {}
    for run in runs:
        made_with.update(run.made_with)
    return Run(
        records=tuple(record for run in runs for record in run.records),
        made_with=made_with,
        started=min(run.started for run in runs),
        seconds=sum(run.seconds for run in runs),
    )


def check_documents(cases: Sequence[Case], known: frozenset[str] | None) -> None:
    """Make sure that every document that a case names is there; ``known`` None knows nothing.

    Raises:
        UsageError: naming the first case that names a missing document.
    """
    for case in cases:
        missing = [name for name in case.documents if known is not None and name not in known]
        if missing:
            raise UsageError(
                f"case {case.id!r}: names document {missing[0]!r}, which is not among the "
                f"{len(known or ())} that were read (`assistant documents` says why); add the "
                "file, or correct the case"
            )


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks and scores one case at a time."""

    answerer: Answerer
    case_set: str
    texts: Texts | None

    def record(self, case: Case) -> Record:
        """The case with its answer and scores, or with the error that asking it met."""
        clock = time.perf_counter()
        try:
            answer = self.answerer.ask(case.question, history=case.history)
            seconds = round(time.perf_counter() - clock, 6)
            return self._scored(case, _sound(answer), seconds)
        except Exception as error:  # noqa: BLE001 - one bad case must not cost the others
            message = f"{type(error).__name__}: {error}".partition("\n")[0][:ERROR_CHARACTERS]
            scores = failed_scores(PER_CASE, message)
            return Record(case, self.case_set, None, scores, message)

    def _scored(self, case: Case, answer: Answer, seconds: float) -> Record:
        return Record(
            case=case,
            case_set=self.case_set,
            seen=_seen(case, answer, self.texts),
            scores=score_case(case, answer, self.texts),
            seconds=seconds,
        )


def _records(
    asking: Asking, cases: Sequence[Case], finished: Mapping[str, Record], workers: int
) -> Iterator[Record]:
    known = {case.id: finished.get(key_of(asking.case_set, case.id)) for case in cases}
    waiting = []
    for case in cases:
        record = known[case.id]
        if record is not None and record.case == case:
            yield record
        else:
            waiting.append(case)
    if workers == 1:
        yield from map(asking.record, waiting)
        return
    pool = ThreadPoolExecutor(workers)
    try:
        for future in as_completed([pool.submit(asking.record, case) for case in waiting]):
            yield future.result()
    finally:
        # On Ctrl-C the cases that have not begun are dropped; those under way are waited for.
        pool.shutdown(cancel_futures=True)


def _sound(answer: Answer) -> Answer:
    if not 0 <= answer.confidence <= 1:
        raise UsageError(f"confidence is {answer.confidence}, expected 0 to 1")
    return answer


def _seen(case: Case, answer: Answer, texts: Texts | None) -> Seen:
    held = evidence_in_hits(answer, evidence_of(case, texts))
    return Seen(
        text=answer.text,
        refused=answer.refused,
        confidence=round(float(answer.confidence), 6),
        citations=tuple(_seen_citation(each, texts) for each in answer.citations),
        hits=tuple(
            SeenHit(
                rank=hit.rank,
                document_id=hit.passage.document_id,
                start=hit.passage.start,
                end=hit.passage.end,
                score=round(float(hit.score), 6),
                evidence=numbers,
            )
            for hit, numbers in zip(answer.hits, held, strict=True)
        ),
        notices=tuple(answer.notices),
    )


def _seen_citation(citation: Citation, texts: Texts | None) -> SeenCitation:
    text = text_of(citation.document_id, texts) or ""
    start = max(0, citation.start - CONTEXT_CHARACTERS)
    space = text.find(" ", start, max(0, citation.start)) if start else -1
    start = start if space < 0 else space + 1  # at a word, in writing that has spaces
    return SeenCitation(
        number=citation.number,
        document_id=citation.document_id,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        page=citation.page,
        context=text[start : max(0, citation.end) + CONTEXT_CHARACTERS],
        context_start=start,
    )


def _digest(cases: Sequence[Case]) -> str:
    return sha256("\n".join(map(repr, cases)).encode()).hexdigest()[:16]
