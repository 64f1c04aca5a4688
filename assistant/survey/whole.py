"""Answers to questions about the whole of one or more documents: overview, count, list, author."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

from assistant.compose import compose, compose_overview, compose_refusal
from assistant.survey.byline import (
    CONFIDENCE,
    asks_about_author,
    author_line,
    author_note,
    authored,
    is_called,
    named_work,
)
from assistant.survey.listing import (
    Listed,
    asks_for_documents,
    kind_asked_for,
    listed_in,
    sentence_at,
    summary_of_list,
)
from assistant.survey.mentions import asked_for, count_in, first_with, other_number, summary_of
from assistant.survey.overview import (
    SENTENCES,
    Section,
    central_sentences,
    one_of_each,
    sections_of,
)
from assistant.types import Answer, Place, Turn
from assistant.understand.followup import said_in
from assistant.understand.kinds import Kind, kind_of
from assistant.understand.length import sentences_asked
from assistant.understand.question import Terms, content_terms
from assistant.wording.rights import rights_lines
from index.search import Index
from index.types import Hit, Sentence

DOCUMENTS = 6
"""The most that are quoted from."""
LISTED = 20
"""The most things in a list."""


IsTold = Callable[[Sentence], bool]
"""Whether a sentence was quoted before, so that it is left out."""


def nothing_told(_: Sentence) -> bool:
    """Of an answer that goes on from no other."""
    return False


def overview_of(
    asked: str,
    index: Index,
    documents: Sequence[str],
    most: int = DOCUMENTS,
    is_told: IsTold = nothing_told,
) -> Answer:
    """What ``documents`` (ids) say, in their most central sentences; of a long one, by section,
    unless it is ``asked`` for in so many sentences.

    Not more than ``most`` are quoted from, those first that were not yet, and nothing that only
    names its owner.
    """
    count = sentences_asked(asked)

    def gist(id_: str) -> list[Sentence]:
        told = index.gist(id_)
        rights = rights_lines(asked, told)
        return [s for i, s in enumerate(told) if i not in rights and not is_told(s)]

    if len(documents) == 1 and not count and (sections := sections_of(gist(documents[0]))):
        return _by_section(asked, sections)
    shown = (
        documents[:most] if is_told is nothing_told else _untold(documents, most, index, is_told)
    )
    each = max((count or SENTENCES) // max(len(shown), 1), 1)
    chosen = [s for id_ in shown for s in central_sentences(gist(id_), each)]
    if len(documents) > 1:
        are_all = len(documents) == len(index.documents())
        held = "The folder holds {} documents. " if are_all else "{} documents were asked. "
        opening = held.format(len(documents))
        are_first = f"the first {len(shown)}" if shown == documents[: len(shown)] else len(shown)
        opening += "From each:" if len(shown) == len(documents) else f"From {are_first}:"
    else:
        opening = "In the document’s own words:"
    if not chosen:
        return Answer(asked, compose_refusal((), ()), refused=True)
    return _listed(asked, opening, chosen)


def _untold(documents: Sequence[str], most: int, index: Index, is_told: IsTold) -> Sequence[str]:
    """The first of ``documents`` that nothing was quoted from; the first of all, where there are
    none.
    """
    untold = (id_ for id_ in documents if not any(map(is_told, index.gist(id_))))
    return list(islice(untold, most)) or documents[:most]


def _by_section(asked: str, sections: Sequence[Section]) -> Answer:
    headings, chosen = zip(*one_of_each(sections), strict=True)
    return _listed(asked, "Section by section, in the document’s own words:", chosen, headings)


def read_off_the_texts(
    text: str,
    index: Index,
    documents: Callable[[], Sequence[str]],
    history: Sequence[Turn] = (),
    is_told: IsTold = nothing_told,
) -> Answer | None:
    """What can be counted, listed or named; None for a question that asks for nothing of these, or
    where all was told.

    Args:
        text: what the user wrote, trimmed.
        index: that holds the documents.
        documents: gives their ids, in a large library not at once.
        history: earlier turns, oldest first.
        is_told: what is left out of a list.
    """
    if what := asked_for(text):
        return mentions_of(text, what, index, documents(), is_told)
    if asks_for_documents(text):
        listed = overview_of(text, index, documents(), LISTED, is_told)
        return None if listed.refused and is_told is not nothing_told else listed
    if kind := kind_asked_for(text):
        return list_of(text, kind, index, documents(), is_told)
    if asks_about_author(text):
        return note_on_author(text, index, documents())
    # After “What is this about?” no more was spoken of than the document itself.
    last = [turn for turn in history[-1:] if kind_of(turn.question) is not Kind.OVERVIEW]
    spoken = " ".join(f"{turn.question} {said_in(turn)}" for turn in last)
    topic = authored(text, spoken.strip())
    if topic is not None:
        return author_of(text, topic, index, documents())
    return author_by_name(text, name, index, documents()) if (name := named_work(text)) else None


def list_of(
    asked: str,
    kind: Listed,
    index: Index,
    documents: Sequence[str],
    is_told: IsTold = nothing_told,
) -> Answer | None:
    """The things of one kind that the documents name, each with the first sentence that does.

    None where they name none, or each such sentence was told.
    """
    counts: dict[str, int] = {}
    first: dict[str, tuple[str, int]] = {}
    for id_ in documents:
        for name, place in listed_in(kind, index.document(id_).text):
            counts[name] = counts.get(name, 0) + 1
            first.setdefault(name, (id_, place))
    ranked = list(counts) if kind is Listed.DATES else sorted(counts, key=lambda n: -counts[n])
    gists = cache(index.gist)
    places = ((name, sentence_at(gists(first[name][0]), first[name][1])) for name in ranked)
    untold = ((name, s) for name, s in places if s is not None and not is_told(s))
    shown = list(islice(untold, LISTED))
    if not shown:
        return None
    order = list(dict.fromkeys(first[name][0] for name, _ in shown))
    shown.sort(key=lambda pair: order.index(first[pair[0]][0]))
    named: dict[Sentence, list[str]] = {}
    for name, sentence in shown:
        named.setdefault(sentence, []).append(f"{name} ({counts[name]})")
    opening = summary_of_list(
        kind, len(counts), len(shown), len(documents), goes_on=is_told is not nothing_told
    )
    return _listed(asked, opening, list(named), [", ".join(names) for names in named.values()])


def mentions_of(
    asked: str, what: str, index: Index, documents: Sequence[str], is_told: IsTold = nothing_told
) -> Answer | None:
    """How often ``what``, else its plural or singular, stands in which of ``documents`` (ids);
    None where it does in none, or in no sentence that was not told.
    """

    def counted(what: str) -> dict[str, int]:
        return {id_: count_in(index.document(id_).text, what) for id_ in documents}

    counts = counted(what)
    if not any(counts.values()):
        what = other_number(what)
        counts = counted(what)
    having = sorted((id_ for id_ in documents if counts[id_]), key=lambda i: (-counts[i], i))
    firsts = (first_with(what, index.gist(id_)) for id_ in having)
    chosen = list(islice((s for s in firsts if s is not None and not is_told(s)), DOCUMENTS))
    if not chosen:
        return None
    found = [counts[id_] for id_ in having]
    goes_on = is_told is not nothing_told
    opening = summary_of(what, found, len(documents), len(chosen), goes_on=goes_on)
    return _listed(asked, opening, chosen)


def author_of(asked: str, topic: str, index: Index, documents: Sequence[str]) -> Answer | None:
    """Who wrote the one document, or of those found for ``topic`` the one with all its words.

    None where there are none or several of these, or it does not say.
    """
    if topic:
        hits = index.search(topic, documents=documents).hits
        documents = list(dict.fromkeys(hit.passage.document_id for hit in hits))
    elif len(documents) > 1:
        return None
    gists = ((id_, index.gist(id_)) for id_ in documents)
    about = [(id_, gist) for id_, gist in gists if has_all(topic, gist, index.terms)]
    return _told_author(asked, *about[0]) if len(about) == 1 else None


def author_by_name(asked: str, name: str, index: Index, documents: Sequence[str]) -> Answer | None:
    """Who wrote the one document whose title or first line is ``name``; None where it does not say,
    or there are none or several.
    """
    hits = index.search(name, documents=documents).hits
    titles = {hit.passage.document_id: hit.passage.title for hit in hits}
    gists = [(id_, index.gist(id_)) for id_ in titles]
    called = [
        (id_, gist)
        for id_, gist in gists
        if any(is_called(name, line) for line in (titles[id_], *(s.text for s in gist[:1])))
    ]
    return _told_author(asked, *called[0]) if len(called) == 1 else None


def documents_by(name: str, index: Index, documents: Sequence[str]) -> list[str]:
    """Those of ``documents`` (ids) that ``name`` is the author of, among those found for it."""
    hits = index.search(name, documents=documents).hits
    found = dict.fromkeys(hit.passage.document_id for hit in hits)
    own = set(name.lower().split())
    return [id_ for id_ in found if own <= set(_author_named_in(index.gist(id_)).lower().split())]


def _author_named_in(sentences: Sequence[Sentence]) -> str:
    found = author_line(sentences)
    if not found:
        return ""
    sentence, (start, end) = found
    return sentence.text[start - sentence.start : end - sentence.start]


def _told_author(asked: str, document_id: str, gist: Sequence[Sentence]) -> Answer | None:
    found = author_line(gist)
    if not found:
        return None
    sentence, (start, end) = found
    text, citations = compose([sentence], Place(document_id, start, end))
    return Answer(asked, text, citations, False, CONFIDENCE, (replace(sentence.hit, rank=1),))


def note_on_author(asked: str, index: Index, documents: Sequence[str]) -> Answer | None:
    """What the one document tells of its author; None where there are several, or it tells none."""
    note = author_note(index.gist(documents[0])) if len(documents) == 1 else []
    if not note:
        return None
    text, citations = compose(note)
    return Answer(asked, text, citations, False, CONFIDENCE, _hits_of(note))


def has_all(topic: str, sentences: Sequence[Sentence], terms: Terms) -> bool:
    """Whether the sentences together have all content words of ``topic``; of none, yes."""
    return set(content_terms(topic, terms)) <= {t for s in sentences for t in s.terms}


def _listed(
    asked: str, opening: str, chosen: Sequence[Sentence], headings: Sequence[str] = ()
) -> Answer:
    text, citations = compose_overview(chosen, opening, headings)
    return Answer(asked, text, citations, False, 1.0, _hits_of(chosen))


def _hits_of(chosen: Sequence[Sentence]) -> tuple[Hit, ...]:
    """The passages that the sentences are from, each once, in order."""
    passages = dict.fromkeys(s.hit.passage for s in chosen)
    return tuple(Hit(passage, 0.0, rank) for rank, passage in enumerate(passages, start=1))
