"""One case of the report as HTML: what was asked and expected, what was answered. Pure functions.

Questions, documents and answers are untrusted: every piece of them goes through ``escape``.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import pairwise

from eval.catalogue import BY_NAME
from eval.match import locate
from eval.score import failures
from eval.types import Record, Seen, SeenCitation

Span = tuple[int, int, str]
"""``(start, end, name)`` of a stretch that is marked; see :func:`marked`."""

_OPEN = {"quote": "<mark>", "evidence": '<span class="evidence">'}
_CLOSE = {"quote": "</mark>", "evidence": "</span>"}
_MARKER = re.compile(r"\[(\d+)\]")
SHOWN_HITS = 10


def case_card(number: int, record: Record, baseline: Record | None) -> str:
    """The case as an element that opens, with what the page's filters ask of it."""
    why = failures(record.case, record.scores)
    flip = _flip(why, baseline)
    state = "error" if record.error else "failed" if why else "passed"
    attributes = {
        "failed": "yes" if why else "no",
        "flip": flip,
        "unscored": "yes" if record.scores["right"].value is None else "no",
        "tags": "\n".join(record.case.tags),
    }
    data = " ".join(f'data-{name}="{escape(value)}"' for name, value in attributes.items())
    tags = " ".join(f'<span class="tag">{escape(tag)}</span>' for tag in record.case.tags)
    look = "bad" if why else "good"
    return (
        f'<details class="case" id="case-{number}" {data}><summary>'
        f'<span class="state {look}">{"✗" if why else "✓"} {state}</span> '
        f'<span class="text">{escape(record.case.question)}</span> '
        f'<span class="quiet">{escape(record.key)}{f" · {flip}" if flip else ""}</span> {tags}'
        f"</summary><div>{_history(record)}{_expected(record)}"
        f"{_sides(number, record, baseline)}</div></details>"
    )


def marked(text: str, spans: Sequence[Span]) -> str:
    """The text, escaped, with quotes highlighted and evidence underlined; spans may overlap.

    >>> marked("a <b> c", [(2, 5, "quote")])
    'a <mark>&lt;b&gt;</mark> c'
    """
    edges = {0, len(text)}
    for start, end, _ in spans:
        edges |= {min(max(0, start), len(text)), min(max(0, end), len(text))}
    order = sorted(edges)
    pieces = []
    for start, end in pairwise(order):
        names = sorted({name for low, high, name in spans if low <= start and end <= high})
        opened = "".join(_OPEN[name] for name in names)
        closed = "".join(_CLOSE[name] for name in reversed(names))
        pieces.append(f"{opened}{escape(text[start:end])}{closed}")
    return "".join(pieces)


def _flip(why: Sequence[str], baseline: Record | None) -> str:
    if baseline is None:
        return ""
    failed_before = bool(failures(baseline.case, baseline.scores))
    if bool(why) == failed_before:
        return ""
    return "newly failing" if why else "newly passing"


def _history(record: Record) -> str:
    turns = "".join(
        f'<div class="box text"><strong>{escape(turn.question)}</strong>\n{escape(turn.answer)}'
        "</div>"
        for turn in record.case.history
    )
    return f"<h3>Earlier in the conversation</h3>{turns}" if turns else ""


def _expected(record: Record) -> str:
    case = record.case
    if not case.answerable:
        return "<h3>Expected</h3><p>A refusal: the documents do not answer this.</p>"
    evidence = "".join(f'<div class="box text">{escape(item)}</div>' for item in case.evidence)
    answers = "; ".join(case.answers)
    parts = [
        f'<p class="text">Answer: {escape(answers)}</p>' if answers else "",
        f'<p class="quiet">In {escape(", ".join(case.documents))}</p>' if case.documents else "",
    ]
    return f"<h3>Expected</h3>{evidence}{''.join(parts)}"


def _sides(number: int, record: Record, baseline: Record | None) -> str:
    if baseline is None:
        return _side("Answer", f"{number}-run", record)
    return (
        f'<div class="sides"><div class="side">{_side("Baseline", f"{number}-base", baseline)}'
        f'</div><div class="side">{_side("This run", f"{number}-run", record)}</div></div>'
    )


def _side(title: str, anchor: str, record: Record) -> str:
    why = "".join(
        f'<li class="bad">{escape(reason)}</li>' for reason in failures(record.case, record.scores)
    )
    reasons = f"<ul>{why}</ul>" if why else '<p class="good">Passed.</p>'
    seen = record.seen
    answer = f"{_answer(anchor, seen)}{_citations(anchor, record)}{_hits(seen)}" if seen else ""
    return f"<h3>{title}</h3>{reasons}{answer}{_scores(record)}"


def _answer(anchor: str, seen: Seen) -> str:
    verdict = "refused" if seen.refused else "answered"
    numbers = {citation.number for citation in seen.citations}

    def link(found: re.Match[str]) -> str:
        number = int(found[1]) if len(found[1]) < 6 else 0
        return f'<a href="#{anchor}-{number}">{found[0]}</a>' if number in numbers else found[0]

    notices = "".join(f'<p class="quiet">{escape(notice)}</p>' for notice in seen.notices)
    text = _MARKER.sub(link, escape(seen.text))
    return (
        f'<p class="quiet">{verdict}, confidence {seen.confidence:.2f}</p>'
        f'<div class="box text">{text}</div>{notices}'
    )


def _citations(anchor: str, record: Record) -> str:
    citations = record.seen.citations if record.seen else ()
    return "".join(
        f'<div id="{anchor}-{each.number}"><p class="quiet">[{each.number}] '
        f"{escape(each.document_id)}{f', page {each.page}' if each.page else ''}, "
        f'{each.start} to {each.end}</p><div class="box text">{_in_context(each, record)}</div>'
        "</div>"
        for each in citations
    )


def _in_context(citation: SeenCitation, record: Record) -> str:
    if not citation.context:
        return marked(citation.quote, [(0, len(citation.quote), "quote")])
    offset = citation.context_start
    spans: list[Span] = [(citation.start - offset, citation.end - offset, "quote")]
    for item in record.case.evidence:
        places = locate(item, [("", citation.context)]).places
        spans += [(start, end, "evidence") for _, start, end in places]
    return f"…{marked(citation.context, spans)}…"


def _hits(seen: Seen) -> str:
    rows = "".join(
        f'<tr><td class="number">{hit.rank}</td><td>{escape(hit.document_id)}</td>'
        f'<td class="number">{hit.start}–{hit.end}</td><td class="number">{hit.score:.4f}</td>'
        f"<td>{', '.join(map(str, hit.evidence))}</td></tr>"
        for hit in seen.hits[:SHOWN_HITS]
    )
    if not rows:
        return ""
    return (
        f"<details><summary>{min(len(seen.hits), SHOWN_HITS)} of {len(seen.hits)} passages found"
        '</summary><div class="scroll" tabindex="0"><table><thead><tr><th class="number">rank</th>'
        '<th>document</th><th class="number">offsets</th><th class="number">score</th>'
        f"<th>evidence</th></tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _scores(record: Record) -> str:
    reasons: dict[str, list[str]] = defaultdict(list)
    rows = []
    for name, score in record.scores.items():
        label = BY_NAME[name].label if name in BY_NAME else name
        if score.value is None:
            reasons[score.why].append(label)
        else:
            rows.append(
                f'<tr><td>{escape(label)}</td><td class="number">{score.value:g}</td>'
                f"<td>{escape(score.why)}</td></tr>"
            )
    unscored = "".join(
        f'<p class="quiet">Not scored ({escape(why)}): {escape(", ".join(labels))}.</p>'
        for why, labels in reasons.items()
    )
    return (
        '<details><summary>Scores</summary><div class="scroll" tabindex="0"><table><tbody>'
        f"{''.join(rows)}</tbody></table></div>{unscored}</details>"
    )
