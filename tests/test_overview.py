"""Questions about the whole of a document: central sentences, and sections of a long one."""

import pytest

from assistant import Assistant
from assistant.understand.length import sentences_asked
from tests.fakes import UNREAD, HashEmbedder

TOPICS = ("harbour", "market", "railway", "library")


@pytest.fixture
def ask(tmp_path):
    opened = []

    def ask(text, question="What is this about?"):
        folder = tmp_path / "d"
        folder.mkdir()
        (folder / "town.md").write_text(text)
        assistant = Assistant.from_folder(
            folder, index_dir=tmp_path / "i", settings=UNREAD, embed_model=HashEmbedder()
        )
        opened.append(assistant)
        return assistant.ask(question), assistant.document("town.md")

    yield ask
    for assistant in opened:
        assistant.close()


def section(topic, sentences):
    lines = [
        f"The {topic} drew {n * 7} {topic}goers, whom the {topic}master and {topic}keepers counted."
        for n in range(1, sentences + 1)
    ]
    return f"## The {topic}\n\n" + " ".join(lines) + "\n\n"


def long_text(topics=TOPICS):
    return "# A town\n\n" + "".join(section(topic, 30) for topic in topics)


def test_a_long_document_is_shown_section_by_section(ask):
    answer, document = ask(long_text())
    assert answer.text.startswith("Section by section")
    assert len(answer.citations) == len(TOPICS)
    for topic, citation in zip(TOPICS, answer.citations, strict=True):
        assert f"- The {topic}: “{citation.quote}” [{citation.number}]" in answer.text
        assert topic in citation.quote
        assert document.text[citation.start : citation.end] == citation.quote


def test_at_most_eight_sections_are_shown_the_longest_in_order(ask):
    names = [f"place{n}" for n in range(10)]
    sizes = [5, 30, 30, 30, 30, 6, 30, 30, 30, 30]
    text = "".join(section(name, size) for name, size in zip(names, sizes, strict=True))
    answer, _ = ask(text)
    shown = [line.split(":")[0] for line in answer.text.splitlines() if line.startswith("- ")]
    assert shown == [f"- The {n}" for n in names if n not in ("place0", "place5")]


def test_sections_that_say_the_same_are_shown_once(ask):
    answer, _ = ask(long_text(("harbour", "market", "railway")) + section("harbour", 30))
    assert len({c.quote for c in answer.citations}) == len(answer.citations) == 3


def test_a_short_document_is_shown_by_its_central_sentences(ask):
    answer, _ = ask("# A town\n\n" + "".join(section(topic, 3) for topic in TOPICS))
    assert answer.text.startswith("In the document’s own words:")


def test_a_long_document_without_headings_is_too(ask):
    answer, _ = ask("".join(section(t, 40).split("\n\n")[1] + "\n\n" for t in TOPICS))
    assert answer.text.startswith("In the document’s own words:")


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Summarise it in a single sentence", 1),
        ("Summarise it in one short sentence", 1),
        ("What are the 3 main points?", 3),
        ("Give me three key takeaways", 3),
        ("A summary in 50 words", 2),
        ("Sum it up in a few words", 1),
        ("Sum it up in a couple of sentences", 2),
        ("Sum it up in 9999 words", 12),
        ("Sum it up in 0 sentences", 1),
        ("Give me a list of the main points", None),
        ("Give me a summary of the main points", None),
        ("Sum it up in " + "9" * 4000 + " words", None),
    ],
)
def test_an_overview_is_as_long_as_it_is_asked_to_be(question, count):
    assert sentences_asked(question) == count


@pytest.mark.parametrize(
    ("length", "count"), [("one sentence", 1), ("three points", 3), ("100 words", 4)]
)
def test_a_long_document_in_so_many_sentences_is_not_shown_by_section(ask, length, count):
    answer, _ = ask(long_text(), f"Summarise the document in {length}")
    assert answer.text.startswith("In the document’s own words:")
    assert len(answer.citations) == count
