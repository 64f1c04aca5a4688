"""“Compare X and Y”, “Is X heavier than Y?”: each is asked, and both are shown side by side."""

import pytest

from assistant import Assistant, Citation, Settings, Turn
from assistant.compose import compose_each
from assistant.settings import AnswerSettings
from assistant.understand.comparison import LONGEST, asked_of_each, compared
from assistant.understand.thing import Thing
from assistant.understand.thing_meant import with_thing
from tests.fakes import HashEmbedder, opened, quotes

CATALOGUE = (
    "# Catalogue\n\n"
    "## Skerry 2\n\nA low tunnel for coastal winds. It weighs 2.1 kg. The price is 265 crowns.\n\n"
    "## Fathom 3\n\nA roomy dome for weekends. It weighs 3.4 kg. The price is 310 crowns.\n\n"
    "## Harrier 4\n\nA tent for four. Its porch is deep.\n\n"
    "## Terms\n\nThe Skerry 2 and the Harrier 4 come with pegs. We send them within a week.\n"
)
HEAVY = "How heavy is the {}?"
PRICE = "What is the price of the {}?"
ABOUT = "What does it say about the {}?"


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Which is heavier, the Skerry or the Fathom?", HEAVY),
        ("And which tent is the lightest: the Skerry or the Fathom?", HEAVY),
        ("Which of the Skerry and the Fathom is heavier?", HEAVY),
        ("the Skerry or the Fathom – which is heavier?", HEAVY),
        ("Who has been here longer, the Skerry or the Fathom?", "How long has the {} been here?"),
        ("Is the Skerry heavier than the Fathom?", HEAVY),
        ("Is the Skerry more expensive than the Fathom?", "How much does the {} cost?"),
        ("Which costs less, the Skerry or the Fathom?", "How much does the {} cost?"),
        ("Does the Skerry weigh more than the Fathom?", "How much does the {} weigh?"),
        ("Which has more poles, the Skerry or the Fathom?", "How many poles does the {} have?"),
        (
            "Which has the longer guarantee, the Skerry or the Fathom?",
            "What is the guarantee of the {}?",
        ),
        ("Is the Skerry much heavier than the Fathom?", HEAVY),
        ("Compare the Skerry’s and the Fathom’s price", PRICE),
        ("How do the Skerry and the Fathom differ in price?", PRICE),
        ("Compare the price of the Skerry and the Fathom", PRICE),
        (
            "What is the difference in price between the Skerry and the Fathom?",
            PRICE,
        ),
        ("What's the difference between the Skerry and the Fathom?", ABOUT),
        ("Compare the Skerry with the Fathom, please", ABOUT),
        ("How does the Skerry compare to the Fathom?", ABOUT),
        ("How is the Skerry different from the Fathom?", ABOUT),
        ("the Skerry vs. the Fathom", ABOUT),
        (
            "How do the Skerry and the Fathom differ on rain?",
            "What does it say about the {} and rain?",
        ),
    ],
)
def test_what_is_asked_of_each(text, question):
    asked = list(compared(text).values())
    assert asked == [question.format(name) for name in ("Skerry", "Fathom")]


@pytest.mark.parametrize(
    "text",
    [
        "Compare them",
        "How do they compare?",
        "Is he older than her?",
        "Is it lighter than air?",
        "Which has more legs?",
        "Is the Skerry better than the Fathom?",
        "What does the manager order, tea or coffee?",
        "What did they order?",
        "Who built the harbour and when?",
        "Which tents are heavier than 3 kg?",
        "the Skerry and the Fathom",
        "How do Ukrainians differ from Italians in what they would accept?",
        "Does the Skerry cost more than 200 crowns?",
        "Is the Skerry heavier than expected?",
        "Is Anna older than 18?",
        "Is the Skerry longer than a day?",
        "Is the Skerry lighter than it looks?",
        "Was attendance higher than last year?",
        "Is rent in Rome cheaper than in Paris?",
        "Is the Skerry guaranteed for longer than the Fathom?",
        "Tell me about the Skerry versus the Fathom",
        "Compare Anna's flat with Ben's",
        "Compare the Skerry with the Skerry",
    ],
)
def test_other_questions_compare_nothing(text):
    assert compared(text) == {}


def test_more_than_two_are_compared():
    assert list(compared("Compare Rome, Paris and Berlin")) == ["Rome", "Paris", "Berlin"]
    assert list(compared("Who is oldest, Anna, Ben, or Clara Voss?")) == [
        "Anna",
        "Ben",
        "Clara Voss",
    ]


def test_a_name_with_and_in_it_is_one():
    named = compared("Compare Smith and Sons with Jones and Partners")
    assert list(named) == ["Smith and Sons", "Jones and Partners"]
    named = compared("What is the difference between moving to Rome and staying?")
    assert list(named) == ["moving to Rome", "staying"]
    assert list(compared("Compare Paris, France with Rome, Italy")) == [
        "Paris, France",
        "Rome, Italy",
    ]


@pytest.mark.parametrize(
    "begin",
    [
        "is a b",
        "compare a, ",
        "how do a and b ",
        "which er er ",
        "what is the difference in a of b ",
    ],
)
def test_long_texts_are_none(begin):
    assert compared(begin * LONGEST) == {}
    assert len(compared((begin * LONGEST)[:LONGEST])) <= 2  # and it takes no time


def things(text, *names):
    """Where ``text`` names things, as if each had a heading."""
    words = ((name, text.index(name)) for name in names)
    return [Thing(name, at, at + len(name), True, frozenset()) for name, at in words]


def each(text, *names):
    return list(asked_of_each(text, things(text, *names)).values())


def test_what_is_asked_of_several_is_asked_of_each():
    assert each("What do the Skerry and the Fathom cost?", "the Skerry", "the Fathom") == [
        "What do the Skerry cost?",
        "What do the Fathom cost?",
    ]
    assert each("Who sews both Skerry, Fathom and Rook?", "Skerry", "Fathom", "Rook") == [
        "Who sews Skerry?",
        "Who sews Fathom?",
        "Who sews Rook?",
    ]
    assert each("Does Skerry draw more power than Fathom?", "Skerry", "Fathom") == [
        "Does Skerry draw more power?",
        "Does Fathom draw more power?",
    ]
    assert each("Skerry, Fathom: whose warranty ends first?", "Skerry", "Fathom") == [
        "Skerry: whose warranty ends first?",
        "Fathom: whose warranty ends first?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "What lies between Skerry and Fathom?",
        "What goes from Skerry to Fathom?",
        "When did Skerry meet Fathom?",
        "What do Skerry and Fathom have in common?",
        "Does Skerry come with a Fathom?",
    ],
)
def test_what_is_asked_of_several_together_is_one_question(text):
    assert each(text, "Skerry", "Fathom") == []


def test_one_thing_is_not_several():
    assert each("What does the Skerry cost?", "the Skerry") == []


@pytest.fixture(scope="module")
def tents(tmp_path_factory):
    place = tmp_path_factory.mktemp("tents")
    with opened(place, "tents.md", CATALOGUE) as made:
        yield made


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "quoted"),
    [
        (
            "Which is heavier, the Skerry 2 or the Fathom 3?",
            ["It weighs 2.1 kg.", "It weighs 3.4 kg."],
        ),
        ("Is the Fathom 3 lighter than the Skerry 2?", ["It weighs 3.4 kg.", "It weighs 2.1 kg."]),
        (
            "What is the price of the Skerry 2 and the Fathom 3?",
            ["The price is 265 crowns.", "The price is 310 crowns."],
        ),
        (
            "How does the Skerry 2 compare with the Fathom 3?",
            [
                *("A low tunnel for coastal winds.", "It weighs 2.1 kg."),
                *("A roomy dome for weekends.", "It weighs 3.4 kg."),
            ],
        ),
    ],
)
def test_both_are_quoted_each_under_its_name(tents, question, quoted):
    answer = tents.ask(question)
    assert quotes(answer) == quoted
    assert answer.notices[0].startswith("Understood as: “")
    for citation in answer.citations:
        text = tents.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
    lines = [line for line in answer.text.splitlines() if line.startswith("- ")]
    assert len(lines) == len(quoted)
    assert all("Skerry 2: “" in line or "Fathom 3: “" in line for line in lines)


@pytest.mark.model
def test_a_sentence_on_both_is_the_answer(tents):
    answer = tents.ask("What do the Skerry 2 and the Harrier 4 come with?")
    assert quotes(answer)[0] == "The Skerry 2 and the Harrier 4 come with pegs."
    assert not answer.notices


@pytest.mark.model
def test_what_is_quoted_of_one_is_never_from_another(tmp_path):
    folder = tmp_path / "huts"
    folder.mkdir()
    for name, price in (("Alder", 30), ("Birch", 45)):
        text = (
            f"# {name} Hut\n\n## Beds\n\nIt has six.\n\n## Price\n\nA night costs {price} crowns.\n"
        )
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    with Assistant.from_folder(folder, index_dir=tmp_path / "index") as made:
        answer = made.ask("Which is cheaper, the Alder Hut or the Birch Hut?")
    assert answer.text == (
        "According to Alder Hut:\n- the Alder Hut: “A night costs 30 crowns.” [1]\n\n"
        "According to Birch Hut:\n- the Birch Hut: “A night costs 45 crowns.” [2]"
    )


def test_a_place_quoted_of_two_is_quoted_once():
    place = Citation(1, "t.md", "Tents", 0, 9, "Both float.", None)
    other = Citation(2, "t.md", "Tents", 9, 19, "It sinks.", None)
    text, citations = compose_each([("Skerry", place), ("Skerry", other), ("Fathom", place)])
    assert text == (
        "According to Tents:\n- Skerry, Fathom: “Both float.” [1]\n- Skerry: “It sinks.” [2]"
    )
    assert [citation.number for citation in citations] == [1, 2]


@pytest.mark.model
def test_nothing_is_compared_with_what_is_not_there(tents):
    answer = tents.ask("Is the Skerry 2 lighter than the Merganser?")
    assert answer.refused
    assert "Nothing in them mentions “the Merganser”." in answer.text
    answer = tents.ask("Which is heavier, the Skerry 2 or the Harrier 4?")
    assert not any(notice.startswith("Understood as") for notice in answer.notices)


BOTH = Turn("Which is heavier, the Skerry 2 or the Fathom 3?", "“It weighs 2.1 kg.” [1]")
ONE = Turn("How heavy is the Skerry 2?", "“It weighs 2.1 kg.” [1]")


@pytest.mark.model
@pytest.mark.parametrize(
    ("turn", "text", "meant"),
    [
        (ONE, "Is it cheaper than the Fathom 3?", "Is the Skerry 2 cheaper than the Fathom 3?"),
        (
            ONE,
            "How does it differ from the Fathom 3?",
            "How does the Skerry 2 differ from the Fathom 3?",
        ),
        (ONE, "Is it in the Fathom 3?", "Is it in the Fathom 3?"),
        (BOTH, "And the price?", "What is the price of the Skerry 2 and the Fathom 3?"),
        (
            BOTH,
            "what about their guarantee?",
            "What is the guarantee of the Skerry 2 and the Fathom 3?",
        ),
        (BOTH, "Which of them is cheaper?", "Which of the Skerry 2 and the Fathom 3 is cheaper?"),
        (BOTH, "Is it cheap?", "Is it cheap?"),
        (BOTH, "Is she cheaper than them?", "Is she cheaper than them?"),
        (BOTH, "And the Harrier 4?", "And the Harrier 4?"),
    ],
)
def test_what_is_compared_in_a_follow_up(tents, turn, text, meant):
    found = tents.index.search(f"{turn.question} {text}")
    assert with_thing(text, [turn], found) == meant


@pytest.mark.model
def test_both_are_asked_about_in_a_follow_up(tents):
    answer = tents.ask("And the price?", history=[BOTH])
    assert quotes(answer) == ["The price is 265 crowns.", "The price is 310 crowns."]


@pytest.mark.model
def test_braces_in_a_question_are_only_braces(tents):
    assert tents.ask("Compare the {0} and the {x}").refused
    assert tents.ask("Is the Skerry 2 {} heavier than the Fathom 3?").citations


@pytest.mark.model
def test_it_goes_with_what_else_may_be_said(tents):
    question = "Which is heavier, the Skerry 2 or the Fathom 3?"
    assert list(tents.stream(question))[-1] == tents.ask(question)
    assert len(tents.ask(question, sentences=1).citations) == 2
    both = tents.ask(f"{question} And when are they sent?")
    assert [citation.number for citation in both.citations] == [1, 2, 3]
    assert quotes(both)[2] == "We send them within a week."


def test_a_topic_that_is_a_heading_is_quoted_from_its_beginning(tmp_path):
    settings = Settings(answer=AnswerSettings(reader=False, refuse_below=0.0))
    with opened(tmp_path, "t.md", CATALOGUE, embed_model=HashEmbedder(), settings=settings) as made:
        answer = made.ask("What does the catalogue say about the Skerry 2?")
    assert quotes(answer) == ["A low tunnel for coastal winds.", "It weighs 2.1 kg."]
