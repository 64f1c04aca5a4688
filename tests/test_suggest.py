"""Questions made from the documents: about what, and only such as are answered elsewhere."""

from assistant import Assistant, Settings
from assistant.settings import AnswerSettings
from assistant.suggest import MOST_TRIED, follow_ups, is_topic, topics_near
from assistant.types import Answer, Citation, Place
from index.types import Block, BlockKind, Document
from tests.fakes import HashEmbedder

TEXT = (
    "The harbour of Lumen was built by Clara Voss. She came home in May with three ships, and the "
    "company of Clara Voss deepened the basin.\n\n"
    "Tides and Currents\n\n"
    "Company law of the time is in Item 3. It was the Danish fleet that the men of Lumen feared, "
    "and on Tuesday the Iron Bridge fell."
)


def document(text=TEXT, headings=("Tides and Currents",), document_id="a.txt"):
    blocks = [
        Block(BlockKind.HEADING, text.index(one), text.index(one) + len(one), 1) for one in headings
    ]
    return Document(document_id, "A", "/a.txt", text, tuple(blocks))


def place(piece, document_id="a.txt"):
    start = TEXT.index(piece)
    return Place(document_id, start, start + len(piece))


def answering(refused=(), start=999):
    """An engine that answers from ``start`` all but the questions about ``refused``."""
    asked = []

    def ask(question):
        asked.append(question)
        if any(topic in question for topic in refused):
            return Answer(question, "", refused=True)
        return Answer(question, "", (Citation(1, "a.txt", "A", start, start + 1, "x"),))

    return ask, asked


def test_names_and_headings_near_the_passage_are_topics_and_dates_numbers_and_openers_are_not():
    topics = list(topics_near([place("The harbour of Lumen")], [document()]))
    assert topics == ["Clara Voss", "Lumen", "Tides and Currents", "the Iron Bridge", "Currents"]


def test_a_label_is_no_topic():
    table = document("Supplier: Clara Voss | Price EUR: 5\nSupplier: Ann Reed | Price EUR: 7", ())
    assert set(topics_near([Place("a.txt", 0, 8)], [table])) == {"Clara Voss", "Ann Reed"}


def test_one_letter_of_several_is_no_topic():
    plan = document("Of Blocks A and B and of Block C the wiring is by Clara Voss. So it is.", ())
    assert set(topics_near([Place("a.txt", 0, 8)], [plan])) == {"Block C", "Clara Voss"}


def test_each_document_gives_an_example_before_one_gives_two(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, places in (("a", "Lumen Ostend Bruges"), ("b", "Riga Vilnius"), ("c", "Porto")):
        text = "".join(
            f"The men of {place} built what {place} needed. " for place in places.split()
        )
        (folder / f"{name}.txt").write_text(text * (1 if name == "c" else 4), encoding="utf-8")
    with Assistant.from_folder(
        folder,
        index_dir=tmp_path / "index",
        embed_model=HashEmbedder(),
        settings=Settings(answer=AnswerSettings(refuse_below=0.0)),
    ) as assistant:
        first = " ".join(assistant.examples(4)[1:])
    assert "Porto" in first
    assert any(place in first for place in ("Riga", "Vilnius"))


def test_what_is_far_from_the_passage_is_no_topic():
    far = document(TEXT + " word" * 400 + " The Glass Tower stands in Ostend.")
    topics = list(topics_near([place("The harbour of Lumen")], [far]))
    assert "the Iron Bridge" in topics
    assert "the Glass Tower" not in topics


def test_a_word_that_the_documents_also_write_small_is_no_topic():
    words = {"the", "company", "rule"}
    assert not is_topic("Company", words)
    assert not is_topic("Rule", words)
    assert is_topic("Company House", words)
    assert not is_topic("May", set())
    assert not is_topic("Danish", set())
    assert not is_topic("Ann", set())


def test_follow_ups_are_about_what_was_not_asked_yet():
    ask, _ = answering()
    found = follow_ups([place("by Clara Voss")], ["Who built Lumen?"], [document()], ask, 3)
    assert found == (
        "What does it say about Clara Voss?",
        "What does it say about Tides and Currents?",
        "What does it say about the Iron Bridge?",
    )


def test_what_is_not_answered_or_only_from_the_same_passage_is_not_offered():
    places = [place("by Clara Voss")]
    ask, _ = answering(refused=["Clara Voss", "Lumen"])
    found = follow_ups(places, [], [document()], ask, 3)
    assert found == (
        "What does it say about Tides and Currents?",
        "What does it say about the Iron Bridge?",
    )
    ask, _ = answering(start=places[0].start)
    assert follow_ups(places, [], [document()], ask, 3) == ()


def test_only_so_many_are_tried():
    names = " ".join(f"We saw {first}{last}." for first in "BDFGKL" for last in ("atum", "orim"))
    ask, asked = answering(refused=["it say"])
    assert follow_ups([Place("a.txt", 0, 5)], [], [document(names, ())], ask, 3) == ()
    assert len(asked) == MOST_TRIED


def test_an_answer_without_passages_has_none():
    ask, asked = answering()
    assert follow_ups([], [], [], ask, 3) == ()
    assert asked == []
