"""“Tell me more”: what was not said yet, of the question before or of the whole."""

from dataclasses import replace

import pytest

from assistant import Assistant, Turn
from assistant.quote.more import NO_MORE, more_of
from assistant.understand.followup import repeated
from assistant.understand.moves import asks_for_more
from index.errors import QuestionError
from tests.fakes import UNREAD, HashEmbedder, opened, quotes
from tests.test_reader import ScriptedReader

TEXT = """The harbour of Lumen was built by Clara Voss in 1887.

It has three basins for the fishing boats of the town.

The mill of Ostrand grinds oats and barley for the bakers.

Nobody in the valley remembers its first owner any more.

Otto Brandt painted the windows of the town hall in blue.
"""
ASKED = "Who built the harbour of Lumen?"


@pytest.fixture
def lumen(tmp_path):
    with opened(tmp_path, "lumen.txt", TEXT, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("Clara Voss")
        yield assistant


def talked(assistant, *questions):
    """The answers to ``questions``, each asked after those before it."""
    history, answers = [], []
    for question in questions:
        answers.append(assistant.ask(question, history=history))
        history.append(Turn(question, answers[-1].text))
    return answers


@pytest.mark.parametrize(
    "text",
    [
        *("Tell me more", "tell me more about it, please", "More", "more details?", "go on"),
        *("OK, continue.", "Can you elaborate on that?", "What else?", "Anything else?"),
        *("any more info", "I’d like to know more", "Please expand.", "what else does it say"),
        *("Is there anything else about him?", "some more details please", "Could you say more?"),
        *("That doesn't answer my question.", "No, that's wrong", "that is not what I asked"),
        *("Try again", "Wrong answer!", "another sentence, please", "This was not helpful."),
    ],
)
def test_asking_for_more_is_known(text):
    assert asks_for_more(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Tell me more about Rome", "What else did she build?", "How much more is it?"),
        *("Is that wrong?", "Is it true?", "That is wrong in the article", "Which answer?"),
        *("Did they go on?", "Who else?", "What continues?", "More than what?", "", "?", "and"),
        *(
            "Is there a second harbour?",
            "Tell me",
            "Tell me about it",
            "show me the details of it?",
        ),
    ],
)
def test_a_question_with_a_subject_does_not_only_ask_for_more(text):
    assert not asks_for_more(text)


def test_what_was_said_is_not_said_again_until_there_is_no_more(lumen):
    first, second, *later = talked(lumen, ASKED, "tell me more", *["go on"] * 5)
    assert quotes(first)[0] == "The harbour of Lumen was built by Clara Voss in 1887."
    assert "It has three basins for the fishing boats of the town." in quotes(second)
    assert second.confidence == first.confidence
    assert second.notices[0] == f"More on “{ASKED}”"
    said = [quote for answer in (first, second, *later) for quote in quotes(answer)]
    assert len(said) == len(set(said))
    assert later[-1].refused
    assert later[-1].text == NO_MORE
    assert later[-1].hits


def test_a_short_sentence_is_not_said_twice(tmp_path):
    text = "Tea is free.\n\nThe bakers of the town sell bread in the harbour.\n"
    with opened(tmp_path, "tea.txt", text, embed_model=HashEmbedder()) as assistant:
        assistant.reader = ScriptedReader("Tea")
        answers = talked(assistant, "Is tea free?", *["more"] * 3)
    said = [quote for answer in answers for quote in quotes(answer)]
    assert len(said) == len(set(said))
    assert answers[-1].text == NO_MORE


def test_a_list_goes_on_where_it_was_cut(tmp_path):
    verbs = "weighed taxed smuggled praised hidden boiled ground sold stolen".split()
    texts = [f"Salt was {v} {v}ly by {v}ers from {v}land in {v}ember." for v in verbs]
    for number, text in enumerate(texts):
        (tmp_path / f"d{number}.txt").write_text(text)
    places = {"index_dir": tmp_path / ".index", "embed_model": HashEmbedder(), "settings": UNREAD}
    with Assistant.from_folder(tmp_path, **places) as assistant:
        for asked in ("Which documents mention salt?", "What is this about?"):
            first, second, third = talked(assistant, asked, "tell me more", "more")
            assert sorted(quotes(first) + quotes(second)) == sorted(texts)
            assert "3 more:" in second.text or "From 3:" in second.text
            assert third.text == NO_MORE


def test_what_was_counted_or_listed_has_no_more(lumen):
    first, second = talked(lumen, "Which documents mention the harbour?", "tell me more")
    assert not first.refused
    assert second.text == NO_MORE
    assert not second.citations


def test_an_over_long_question_before_is_refused(lumen):
    with pytest.raises(QuestionError, match="characters"):
        lumen.ask("more", history=[Turn("harbour " * 5000, "“…” [1]")])


def test_nothing_asked_before_is_an_overview(lumen):
    whole = lumen.ask("tell me more").text
    for before in ("?", "Are you sure?", "yes"):
        assert lumen.ask("tell me more", history=[Turn(before, "No.")]).text == whole


def test_it_is_exact_and_in_the_order_of_the_text(lumen):
    text = lumen.document("lumen.txt").text
    _, second = talked(lumen, ASKED, "tell me more")
    starts = [citation.start for citation in second.citations]
    assert starts == sorted(starts)
    assert all(text[c.start : c.end] == c.quote for c in second.citations)


def test_more_on_what_is_not_answered_is_not_answered(lumen):
    lumen.reader = ScriptedReader("nowhere")
    answer = replace(lumen.settings.answer, refuse_below=0.9)
    lumen.settings = replace(lumen.settings, answer=answer)
    first, second = talked(lumen, "Which comet passed Jupiter?", "tell me more")
    assert first.refused
    assert second.refused
    assert second.text == first.text


def test_the_first_thing_asked_for_is_an_overview_and_more_of_it_is_the_rest(lumen):
    first, second, third = talked(lumen, "Tell me more.", "more", "more")
    assert first.text.startswith("In the document’s own words:")
    assert quotes(second)
    assert not set(quotes(first)) & set(quotes(second))
    assert third.text == NO_MORE
    assert talked(lumen, "Hello", "go on")[1].text == first.text
    assert talked(lumen, "What is this about?", "go on")[1].text == second.text


def test_a_follow_up_after_it_is_about_what_it_went_on_from():
    turns = [Turn(ASKED, "A."), Turn("tell me more", "B."), Turn("What else?", "C.")]
    _, before = repeated("When was that?", turns)
    assert [turn.question for turn in before] == [ASKED] * 3
    more = more_of("more", [Turn("When?", "0."), *before])
    assert (more.question, more.answer, more.said) == (ASKED, "A.", "A.\nB.\nC.")
    assert [turn.question for turn in more.before] == ["When?"]
