"""A question that names a document is asked of that document."""

import time

import pytest

from assistant import Turn
from assistant.understand.named import IT, OF_THE_WHOLE, may_name, named_in, only_names
from index.types import DocumentInfo
from tests.fakes import UNREAD, HashEmbedder, opened
from tests.test_more import talked


def info(id_: str, title: str = "") -> DocumentInfo:
    return DocumentInfo(id_, title or id_.rpartition("/")[2], f"/{id_}", 1, None, 1, 1, 0.0)


BRIDGE = """Report on the bridge

The engineer of the bridge is Clara Voss. The bridge was built in 1887.
"""
TOWER = """Report on the tower

The engineer of the tower is Otto Brandt. The tower was built in 1912.
"""
HANDBOOK = "staff/employee-handbook.md"
LIBRARY = [
    info("aegean.txt", "Nine Rocks and a Telephone"),
    info("portage_mayor.txt", "Kessel takes Portage Falls by 212 votes"),
    info(HANDBOOK, "Employee Handbook – Fairbairn & Sons"),
    info("minutes-2025-03-11.txt"),
    info("Mario Draghi.txt", "Mario Draghi"),
    info("inflation.txt", "Inflation"),
    info("annual report 2023.pdf", "Acme plc"),
    info("tales.txt", "Tales from Lumen"),
    info("Caf\N{LATIN SMALL LETTER E WITH ACUTE} menu.txt"),
    info("old/report.txt", "Toll of the dam"),
    info("new/report.txt", "Toll of the bridge"),
]


@pytest.mark.parametrize(
    ("asked", "question", "documents"),
    [
        ("Summarise aegean.txt", "Summarise the document", {"aegean.txt"}),
        ("Who signed the file AEGEAN.TXT?", "Who signed the document?", {"aegean.txt"}),
        ("What is in “aegean.txt”?", "What is in the document?", {"aegean.txt"}),
        ("According to aegean.txt, who rules?", "who rules?", {"aegean.txt"}),
        ("Who won in portage_mayor.txt?", "Who won?", {"portage_mayor.txt"}),
        ("Sum up the annual report 2023.pdf", "Sum up the document", {"annual report 2023.pdf"}),
        ("Sum up new/report.txt", "Sum up the document", {"new/report.txt"}),
        ("Sum up report.txt", "Sum up the document", {"old/report.txt", "new/report.txt"}),
        (
            "Compare aegean.txt and inflation.txt",
            "Compare the documents",
            {"aegean.txt", "inflation.txt"},
        ),
        ("summarize nine rocks and a telephone", "summarize the document", {"aegean.txt"}),
        ("What is “Inflation” about?", "What is the document about?", {"inflation.txt"}),
        ("a summary of portage mayor", "a summary of the document", {"portage_mayor.txt"}),
        (
            "What does Nine Rocks and a Telephone say about seals?",
            "What does the document say about seals?",
            {"aegean.txt"},
        ),
        (
            "How many days of leave are there in the handbook?",
            "How many days of leave are there?",
            {HANDBOOK},
        ),
        (
            "What does the annual report 2023 say about the roof?",
            "What does the document say about the roof?",
            {"annual report 2023.pdf"},
        ),
        ("Who rules in “Toll of the dam”?", "Who rules?", {"old/report.txt"}),
        ("Who lives in Tales from Lumen?", "Who lives?", {"tales.txt"}),
        (
            "Sum up the minutes and the handbook",
            "Sum up the documents",
            {"minutes-2025-03-11.txt", HANDBOOK},
        ),
        ("Sum up the Cafe\u0301 menu.txt", "Sum up the document", {"Café menu.txt"}),
        ("Sum up the March minutes", "Sum up the document", {"minutes-2025-03-11.txt"}),
        ("Sum up the handbook for me", "Sum up the document for me", {HANDBOOK}),
        (
            "What do the minutes of 11 March 2025 say about the roof?",
            "What do the document say about the roof?",
            {"minutes-2025-03-11.txt"},
        ),
        (
            "Do the minutes mention parking?",
            "Do the document mention parking?",
            {"minutes-2025-03-11.txt"},
        ),
    ],
)
def test_what_it_names_is_asked_alone(asked, question, documents):
    assert may_name(asked)
    named = named_in(asked, LIBRARY)
    assert (named.question, set(named.documents)) == (question, documents)


@pytest.mark.parametrize(
    "asked",
    [
        *("What is inflation?", "Explain inflation", "What does Mario Draghi say about Russia?"),
        "Sum up the April minutes",
        *("What does the mayor say about the report?", "Who lives in the city?", "Sum it up"),
        *("What is the document about?", "Summarise budget.xlsx", "Who wrote a report.txt2?"),
        *("How long does it boil in minutes?", "In minutes, how long does it boil?"),
        *("Which files other than aegean.txt mention tolls?", "What does inflation cover?"),
        *("Summarise what happened in Moscow", "What does the letter say?", "And Mario Draghi?"),
    ],
)
def test_what_names_no_document_or_may_be_spoken_of_is_asked_of_all(asked):
    assert named_in(asked, LIBRARY) is None


@pytest.mark.parametrize("asked", ["How old is Draghi?", "Who won?", "Is it 3.5 or 3.txt-like?"])
def test_most_questions_need_no_list_of_documents(asked):
    assert not may_name(asked) or named_in(asked, LIBRARY) is None


@pytest.mark.parametrize("asked", ["And aegean.txt?", "and the handbook?", "aegean.txt"])
def test_a_bare_name_is_told_from_a_question(asked):
    assert only_names(named_in(asked, LIBRARY))
    assert not only_names(named_in("Who is in aegean.txt?", LIBRARY))


def test_long_nonsense_takes_no_time():
    begun = time.process_time()
    for piece in (
        "in ",
        "according to a ",
        "what does ",
        "say ",
        "a.txt ",
        "the file ",
        "?",
        " in?",
    ):
        for before in ("", "in " * 40, "what does it ", "summarise "):
            text = f"{before}{piece * (4000 // len(piece))}x"
            may_name(text)
            named_in(text, LIBRARY)
    assert time.process_time() - begun < 20


@pytest.fixture
def library(tmp_path):
    with opened(
        tmp_path, "tower.txt", TOWER, embed_model=HashEmbedder(), settings=UNREAD
    ) as assistant:
        (assistant.folder / "bridge.txt").write_text(BRIDGE, encoding="utf-8")
        assistant.sync()
        yield assistant


def sources(answer) -> set[str]:
    return {citation.document_id for citation in answer.citations}


def test_a_title_that_is_a_fact_is_quoted_and_one_that_only_repeats_the_question_is_not(tmp_path):
    text = "The flat costs 900 euros\n\nIt is paid on the third of each month."
    with opened(
        tmp_path, "flat.txt", text, embed_model=HashEmbedder(), settings=UNREAD
    ) as assistant:
        assert assistant.documents()[0].title == "The flat costs 900 euros"
        assert "900 euros" in assistant.ask("How many euros does the flat cost?").text
        quoted = {c.quote for c in assistant.ask("The flat costs 900 euros?").citations}
        assert "The flat costs 900 euros" not in quoted


@pytest.mark.parametrize("name", ["tower.txt", "Report on the tower", "the tower report"])
def test_a_summary_is_of_what_was_named(library, name):
    answer = library.ask(f"Summarise {name}")
    assert answer.question == f"Summarise {name}"
    assert sources(answer) == {"tower.txt"}


def test_an_answer_is_from_what_was_named(library):
    answer = library.ask("According to tower.txt, when was it built?")
    assert not answer.refused
    assert sources(answer) == {"tower.txt"}


@pytest.mark.parametrize("between", [(), ("And in bridge.txt?",), ("Are you sure?",), ("thanks",)])
def test_the_same_can_be_asked_of_another_by_its_name(library, between):
    answer = talked(library, "Who is the engineer in bridge.txt?", *between, "And in tower.txt?")[
        -1
    ]
    assert "Otto Brandt" in answer.text
    assert sources(answer) == {"tower.txt"}
    assert answer.notices == ("Understood as: “According to tower.txt: Who is the engineer?”",)


def test_more_after_that_is_of_the_same_document(library):
    asked = ("Who is the engineer in bridge.txt?", "And in tower.txt?", "Tell me more")
    assert sources(talked(library, *asked)[-1]) <= {"tower.txt"}


def test_each_of_several_questions_is_asked_of_what_it_names(library):
    answer = library.ask("Who is the engineer in tower.txt? Who is the engineer in bridge.txt?")
    assert {c.document_id: "Otto" in c.quote for c in answer.citations} == {
        "tower.txt": True,
        "bridge.txt": False,
    }


def test_a_name_alone_asks_what_the_document_is_about(library):
    answer = library.ask("tower.txt")
    assert sources(answer) == {"tower.txt"}
    assert answer.notices == (f"Understood as: “According to tower.txt: {OF_THE_WHOLE}”",)


def test_a_refusal_says_that_only_the_document_named_was_asked(library):
    answer = library.ask("According to bridge.txt, what is the boiling point of xenon?")
    assert answer.refused
    assert answer.notices == ("Only bridge.txt was asked, as named.",)


def test_a_name_beside_those_chosen_opens_no_other(library):
    answer = library.ask("Summarise tower.txt", documents=["bridge.txt"])
    assert sources(answer) <= {"bridge.txt"}


def test_more_of_a_summary_is_of_the_same_document(library):
    first = library.ask("Summarise tower.txt")
    answer = library.ask("Tell me more", history=[Turn("Summarise tower.txt", first.text)])
    assert sources(answer) <= {"tower.txt"}


def test_the_name_is_no_word_to_look_for(library):
    assert IT not in library.ask("Who is the engineer in tower.txt?").text
