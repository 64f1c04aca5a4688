"""What a message does in a conversation beside asking something new."""

import pytest

from assistant import Turn
from assistant.understand.followup import pointed_at, referents_of, repeated
from assistant.understand.kinds import Kind, kind_of
from assistant.understand.moves import asks_for_less, asks_for_more, only_repeats, without_opener
from index.errors import QuestionError
from tests.fakes import HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader

TEXT = """Clara Voss was born in 1850 in Lumen. She built the harbour of Lumen in 1887.

Otto Brandt painted the town hall. He left the valley as a rich man.

© 1990 The harbour of Lumen and its museum of ships.
"""
BORN = "When was Clara Voss born?"


@pytest.fixture
def lumen(tmp_path):
    with opened(tmp_path, "lumen.txt", TEXT, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("1850")
        yield assistant


@pytest.mark.parametrize(
    "text",
    [
        *("shorter please", "Give me a shorter answer.", "keep it short", "In one sentence"),
        *("just the number, please", "Can you say that in fewer words?", "Only the name"),
    ],
)
def test_asking_for_fewer_words_is_asking_again(text):
    assert asks_for_less(text)
    assert repeated(text, [Turn(BORN, "“1850” [1]")])[0] == BORN


@pytest.mark.parametrize("text", ["Which document?", "What file?"])
def test_a_document_in_the_talk_is_no_source(text):
    assert not only_repeats(text)


@pytest.mark.parametrize(
    "text",
    [
        "The short one?",
        "Which is shorter?",
        "Is the pier short?",
        "How short is it?",
        "Just the harbour?",
    ],
)
def test_a_question_about_length_is_not(text):
    assert not asks_for_less(text)


@pytest.mark.parametrize(
    "text", ["in which document?", "On which page?", "From what page is that?"]
)
def test_where_it_stands_is_asked_in_few_words(text):
    assert only_repeats(text)
    assert not asks_for_less(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, I meant the mill", "And the mill?"),
        ("Sorry, I mean at the allotment.", "And at the allotment?"),
        ("no, about Otto Brandt", "And about Otto Brandt?"),
        ("Not that, but the second one", "And the second one?"),
        ("I meant when it burned", "when it burned"),
        ("I mean, why?", "why?"),
        ("I meant to ask who signed it", "who signed it"),
        ("I mean summarize it", "summarize it"),
        ("Sorry, I mean it's wrong", "Sorry, I mean it's wrong"),
        ("No, for now that is all", "No, for now that is all"),
        ("No, he did not.", "No, he did not."),
        ("no", "no"),
        ("What is meant by a pier?", "What is meant by a pier?"),
    ],
)
def test_a_correction_is_asked_of_the_question_before(text, meant):
    assert without_opener(text) == meant


@pytest.mark.parametrize("words", ["no, sorry ", "can you please ", "ok and so ", "i mean ", "- "])
def test_long_texts_are_soon_known_for_what_they_are(words):
    text = words * 1500
    assert not asks_for_more(text)
    assert not asks_for_less(text)
    assert without_opener(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *[(t, Kind.GREETING) for t in ("hi, I have a question", "Can I ask you a question?")],
        *[(t, Kind.THANKS) for t in ("that's enough, thanks", "that’s all for now", "ok")],
        *[(t, Kind.HELP) for t in ("yes please", "No.", "sure", "What can you tell me?")],
        *[(t, Kind.FACT) for t in ("is that enough", "no pets?", "What can you tell me of it?")],
        *[(t, Kind.FACT) for t in ("Sure?", "No?", "is this all right for you")],
    ],
)
def test_small_turns_are_no_questions(text, kind):
    assert kind_of(text) is kind


def test_nothing_was_asked_by_a_yes(lumen):
    with pytest.raises(QuestionError, match="what it is about"):
        lumen.ask("why?", history=[Turn("yes", "I find …")])


def test_an_answer_in_fewer_words_is_one_sentence(lumen):
    asked = "What did Clara Voss build in Lumen?"
    lumen.reader = ScriptedReader("harbour")
    first = lumen.ask(asked, sentences=3)
    assert len(first.citations) > 1
    again = lumen.ask("shorter please", history=[Turn(asked, first.text)], sentences=3)
    assert len(again.citations) == 1
    assert again.notices[0] == f"Understood as: “{asked}”"


def test_and_somebody_else_is_not_answered_with_the_one_before(lumen):
    born = lumen.ask(BORN)
    assert quotes(born)[0].startswith("Clara Voss was born in 1850")
    history = [Turn(BORN, born.text)]
    assert referents_of("and otto brandt?", history) == ("Otto Brandt",)
    assert referents_of("When was Otto Brandt born?", history) == ("Otto Brandt",)
    assert referents_of("When was Otto Brandt here?", history) == ()
    assert referents_of("And who is mediating?", history) == ()
    other = lumen.ask("and Otto Brandt?", history=history)
    assert not any("Voss" in quote or quote.startswith("She") for quote in quotes(other))


@pytest.mark.parametrize(
    ("text", "answer", "meant"),
    [
        ("who is that?", "“Ewan Laird broke a leg.” [1]", "Who is Ewan Laird?"),
        ("And who was he", "According to Ann Lee: “Ewan Laird fell.” [1]", "Who is Ewan Laird?"),
        ("Who is that?", "“Ewan Laird met Moira Sinclair.” [1]", "Who is that?"),
        ("Who is she?", "“Otto Brandt left.” [1]", "Who is she?"),
        ("Who is that?", "“It is free.” [1]", "Who is that?"),
        ("Who is that man?", "“Ewan Laird broke a leg.” [1]", "Who is that man?"),
    ],
)
def test_who_is_that_is_the_one_person_just_quoted(text, answer, meant):
    assert pointed_at(text, [Turn("Did Otto Brandt see anyone hurt?", answer)]) == meant
    assert pointed_at(text, []) == text


def test_a_word_of_somebody_is_no_name():
    history = [Turn("Who is Mario Draghi?", "“…” [1]")]
    for text in ("and his wife?", "And Biden's wife?", "And when was he born?"):
        assert "Wife" not in " ".join(referents_of(text, history))
        assert "Born" not in " ".join(referents_of(text, history))


@pytest.mark.parametrize(
    "text",
    [
        "(c) The tenant heats the house in winter to sixteen degrees.",
        "Copyright law protects a text of an author for seventy years after death.",
    ],
)
def test_a_sentence_is_no_line_of_rights(tmp_path, text):
    with opened(tmp_path, "law.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("t")
        assert quotes(assistant.ask("How long does winter or a text of an author last?"))


def test_who_holds_the_rights_is_cited_only_when_asked(lumen):
    lumen.reader = ScriptedReader("ships")
    assert not any("©" in quote for quote in quotes(lumen.ask("What museum is in Lumen?")))
    assert any("©" in q for q in quotes(lumen.ask("Who has the copyright of the museum?")))
