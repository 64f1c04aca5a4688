"""The thing that a section is about: what says “it” of it is asked, and answered, with its name."""

from dataclasses import replace

import pytest

from assistant import Settings, Turn
from assistant.quote.rows import asked_rows
from assistant.quote.sections import headings_of, under, without_other_things
from assistant.settings import AnswerSettings
from assistant.understand.question import understand
from assistant.understand.thing import things_in
from assistant.understand.thing_meant import may_leave_out, talked_of, with_thing
from index.chunk import HEADING_SEPARATOR
from index.types import BlockKind, Found, Hit, Passage, Sentence
from tests.fakes import UNREAD, HashEmbedder, ScriptedGenerator, opened, quotes

CATALOGUE = {
    "Skerry 2": "It weighs 2.1 kg. The porch is deep.",
    "Harrier 4": "It weighs 4.8 kg. Guarantee: ten years.",
    "Kittiwake Tarp, by request": "It goes with the Skerry. It is green.",
    "Moonfern": "It dislikes dry air. Stand it on pebbles.",
    "Velvet drum": "All parts are poisonous. It booms.",
    "Safety": "The safety course is free. It takes an hour.",
}


def found_under(sections: dict[str, str]) -> Found:
    """A document with a passage of two sentences under each heading."""
    hits, sentences = [], []
    for id_, (heading, text) in enumerate(sections.items()):
        path = f"Catalogue{HEADING_SEPARATOR}{heading}"
        passage = Passage(id_, "c.md", "Catalogue", 0, len(text), text, heading=path)
        hits.append(Hit(passage, 1.0, id_ + 1))
        middle = text.index(". ") + 1
        for start, end in ((0, middle), (middle + 1, len(text))):
            said = text[start:end]
            sentences.append(Sentence(hits[-1], start, end, said, 0.5, frozenset(said.split())))
    return Found(tuple(hits), tuple(sentences), {}, frozenset(), {})


FOUND = found_under(CATALOGUE)


def terms(text: str) -> list[str]:
    return [word.strip("?.,:").lower().removesuffix("s") for word in text.split()]


def asked(*questions: str) -> list[Turn]:
    return [Turn(question, "") for question in questions]


@pytest.mark.parametrize(
    ("before", "text", "meant"),
    [
        ("How deep is the Skerry 2?", "How heavy is it?", "How heavy is the Skerry 2?"),
        ("How deep is the Skerry?", "what's its weight", "what's the Skerry’s weight"),
        ("How tall is a moonfern?", "what do I feed it?", "what do I feed a moonfern?"),
        ("Where does the velvet drum stand?", "Is it safe?", "Is the velvet drum safe?"),
        ("How heavy is the Skerry 2?", "And the Harrier?", "How heavy is the Harrier?"),
        ("How heavy is the Skerry 2?", "harrier 4", "How heavy is harrier 4?"),
        ("What is the Skerry 2's weight?", "And the Harrier's?", "What is the Harrier's weight?"),
        ("How dear is a night in Skerry 2?", "can you swim there?", "can you swim in Skerry 2?"),
        ("How dear is the Skerry 2?", "How do I get there?", "How do I get to the Skerry 2?"),
    ],
)
def test_the_thing_is_named_that_is_left_out(before, text, meant):
    assert with_thing(text, asked(before), FOUND) == meant
    assert may_leave_out(text)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("How deep is the porch?", "How heavy is it?"),  # no thing
        ("Is the Skerry 2 lighter than the Harrier 4?", "How heavy is it?"),  # which of two
        ("How deep is the Skerry 2?", "How heavy is the Harrier 4 and its bag?"),
        ("How deep is the Skerry 2?", "How heavy are they?"),  # one thing is not “they”
        ("How deep is the Skerry 2?", "What did he say of it?"),
        ("When is the safety course?", "Who teaches it?"),  # a course, not safety
        ("Is it kept in a safe place?", "And the Harrier 4?"),  # in whose place?
        ("How heavy is the Skerry 2?", "And the Skerry?"),
        ("How heavy is the Skerry 2?", "And the Harrier's porch?"),  # something else of it
        ("How heavy is the Skerry 2?", "Harrier price?"),
        ("How heavy is the Skerry 2?", "How long does it take to pitch a tent?"),
        ("How heavy is the Skerry 2?", "Is it raining?"),
        ("How heavy is the Skerry 2?", "Is there a lighter one than it?"),
    ],
)
def test_where_none_or_several_may_be_meant_it_stays(before, text):
    assert with_thing(text, asked(before), FOUND) == text


def test_the_thing_is_still_talked_of_after_a_question_that_says_it():
    history = asked("How deep is the Skerry 2?", "How heavy is it?")
    assert talked_of("So what's the price?", history, FOUND) == "the Skerry 2"
    assert not talked_of("And he?", history, FOUND)
    new = asked("How deep is the Skerry 2?", "Who founded the shop in the valley?")
    assert not talked_of("How much is it?", new, FOUND)


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("How deep is the Skerry?", ["Skerry 2"]),
        ("Is the kittiwake tarp green?", ["Kittiwake Tarp, by request"]),
        ("Is the tarp green?", []),
        ("Is moonfern green?", []),
        ("Is the moonfern green?", ["Moonfern"]),
        ("What is in the catalogue?", []),
        ("How long is the Old Harrier Road?", []),
        ("Is Mr Kittiwake green?", ["Kittiwake Tarp, by request"]),
        ("How do I read the Catalogue?", []),
    ],
)
def test_a_thing_is_named_by_a_name_or_in_full(text, headings):
    named = [t.heading.rpartition(HEADING_SEPARATOR)[2] for t in things_in(text, FOUND)]
    assert named == headings


def test_what_stands_under_another_thing_is_left_out_unless_it_names_it():
    left = without_other_things("How heavy is the Skerry 2?", FOUND)
    texts = [s.text for s in left.sentences]
    assert texts == [
        "It weighs 2.1 kg.",
        "The porch is deep.",
        "It goes with the Skerry.",
        "It is green.",
    ]
    assert without_other_things("How heavy is it?", FOUND) is FOUND


def test_a_document_that_does_not_have_the_name_is_left_out_too():
    rules = Passage(9, "rules.md", "Rules", 0, 29, "Dogs are kept on a short lead.", heading="Pets")
    hit = Hit(rules, 1.0, 9)
    beside = Sentence(hit, 0, 30, rules.text, 0.5, frozenset())
    found = replace(FOUND, hits=(*FOUND.hits, hit), sentences=(*FOUND.sentences, beside))
    assert beside not in without_other_things("Are dogs let into the Skerry 2?", found).sentences
    assert beside in without_other_things("May dogs eat the moonfern?", found).sentences


@pytest.mark.parametrize(
    "text",
    [
        "Which tent is lighter than the Skerry 2?",
        "What other tents are there besides the Skerry 2?",
        "Is there a lighter one (the Skerry 2)?",
    ],
)
def test_who_asks_about_others_gets_them_too(text):
    assert without_other_things(text, FOUND) is FOUND


def test_a_name_with_an_apostrophe_or_an_s_at_its_end_is_one():
    churches = {"St John's": "It is high. Its spire too.", "St Mary’s": "It is low. So."}
    found = found_under({**churches, "St Ives": "It is a town. So."})
    left = without_other_things("How high is the spire of St John's?", found).sentences
    assert "It is high." in [s.text for s in left]
    assert "It is low." not in [s.text for s in left]
    assert with_thing("How big is it?", asked("Where is St Ives?"), found) == "How big is St Ives?"


def test_what_stands_deeper_under_another_thing_is_left_out_too():
    deep = {"Skerry 2": "It is light. So.", f"Harrier 4{HEADING_SEPARATOR}Care": "Wash it. Dry it."}
    found = found_under({**deep, "Harrier 4": "It is heavy. So."})
    left = without_other_things("How do I wash the Skerry 2?", found).sentences
    assert [s.text for s in left] == ["It is light.", "So."]


@pytest.mark.parametrize("sign", ["'", "-", "’-"])
def test_signs_of_words_take_no_time(sign):
    assert not may_leave_out(sign * 2000 + " x y z a b c d")


def test_a_common_word_with_a_capital_is_no_name():
    found = found_under({"Notice Period": "The notice period is a month. It is the Period in law."})
    assert not things_in("What is the Period?", found)
    assert not things_in("What Does The Notice Say?", found)


def test_odd_headings_and_questions_name_nothing_and_take_no_time():
    odd = {
        "The ’s": "It is odd. It stays.",
        "- ' -": "It is so. Too.",
        "Boat" + " " * 9000: "A. B.",
    }
    found = found_under({**odd, **CATALOGUE})
    assert [t.start for t in things_in("What is the ’s or - ' - of the Skerry?", found)] == [27]
    assert not things_in("’s ' " * 800, found)
    assert len(things_in("the Skerry 2 " * 300, found)) == 1
    assert len(without_other_things("the Skerry 2 " * 300, found).sentences) == 6


def test_what_other_sections_speak_of_leaves_nothing_out():
    manual = {
        "The tank": "It holds 2 litres. It is blue.",
        "Cleaning": "Rinse the tank weekly. Use no soap.",
        "Guarantee": "It ends after 2 years. Keep the bill.",
    }
    found = found_under(manual)
    assert things_in("How long is the guarantee on the tank?", found)
    assert len(without_other_things("Who pays for the tank?", found).sentences) == 6


def test_of_a_list_on_the_thing_the_item_with_that_label_is_asked_about():
    lists = {
        "Skerry 2": "Porch: deep. Length: steel.",
        "Harrier 4": "Porch: none. Dogs: welcome.",
        "Ice cream maker": "Maker: Polarette. Loan: a day.",
    }
    found = found_under(lists)
    items = tuple(replace(s, kind=BlockKind.LIST_ITEM) for s in found.sentences)
    found = replace(found, sentences=items)

    def left(text: str) -> list[str]:
        headings = headings_of(text, found)
        question = understand(text, terms)
        rows = asked_rows(text, question, under(headings, found), terms, headings)
        return [row.text for row in rows]

    assert left("Does the Skerry 2 have a porch?") == ["Porch: deep."]
    assert left("Does the Skerry 2 let in dogs?") == []
    assert left("Who may borrow the ice cream maker?") == []  # “maker” is of its name
    assert left("How long is the Skerry 2?") == ["Length: steel."]
    assert left("How long does the Skerry 2 last?") == []
    assert left("How heavy is the Skerry 2?") == []
    assert left("Does it have a deep porch?") == []


PLANTS = """# Plants

## Moonfern

The moonfern dislikes dry air. It reaches 40 cm.

## Amber trumpet

It flowers in May. All parts are poisonous to cats.

## Velvet drum

The velvet drum is furry. It makes a ball of 15 cm.
"""


@pytest.fixture
def plants(tmp_path):
    with opened(tmp_path, "p.md", PLANTS, embed_model=HashEmbedder(), settings=UNREAD) as made:
        yield made


def test_no_plant_is_called_poisonous_for_another(plants):
    history = [Turn("How big is the velvet drum?", "“It makes a ball of 15 cm.” [1]")]
    poisonous = "All parts are poisonous to cats."
    assert poisonous in quotes(plants.ask("Which parts are poisonous to cats?"))
    answer = plants.ask("Is it poisonous to cats?", history=history)
    assert poisonous not in quotes(answer)
    assert "Understood as: “Is the velvet drum poisonous to cats?”" in answer.notices


def test_another_plant_is_asked_about_by_its_name(plants):
    history = [Turn("How big is the velvet drum?", "“It makes a ball of 15 cm.” [1]")]
    answer = plants.ask("And the moonfern?", history=history)
    assert answer.notices == ("Understood as: “How big is the moonfern?”",)


def test_a_language_model_is_shown_no_other_plant(tmp_path):
    model = ScriptedGenerator("The velvet drum is poisonous to cats [1].")
    settings = Settings(answer=AnswerSettings(reader=False, refuse_below=0.0))
    options = {"embed_model": HashEmbedder(), "settings": settings, "llm": model}
    with opened(tmp_path, "p.md", PLANTS, **options) as plants:
        answer = plants.ask("Are parts of the velvet drum poisonous to cats?")
    [(_, asked)] = model.prompts
    assert "The velvet drum is furry." in asked.text
    assert "All parts are poisonous" not in asked.text
    assert all("poisonous" not in citation.quote for citation in answer.citations)
