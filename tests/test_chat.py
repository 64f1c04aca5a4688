from assistant.types import Answer, Turn
from index.errors import DocumentNotFoundError
from tests.fakes_ui import EXAMPLES, FakeAssistant
from ui import chat
from ui.escape import escape_markdown, unescape_markdown

ASKED = "How old is Draghi?"


def said(text):
    return {"role": "user", "content": [{"type": "text", "text": escape_markdown(text)}]}


def answered(text="x"):
    return {"role": "assistant", "content": text}


def fake():
    return FakeAssistant(delay_seconds=0)


class Failing(FakeAssistant):
    def stream(self, question, *, history=(), documents=None, sentences=None, written=None):
        yield Answer(question, "Half an")
        raise ConnectionError("gone")


def test_asking_adds_the_question_escaped():
    assert chat.begin([], " what is *this* <b>? ", 4000) == [
        {"role": "user", "content": "what is &#42;this&#42; &#60;b&#62;?"}
    ]


def test_an_empty_question_changes_nothing():
    messages = [said("a"), answered()]
    assert chat.begin(messages, " \n ", 4000) == messages


def test_an_over_long_question_is_answered_at_once_with_why_it_is_not_read():
    messages = [said("a"), answered()]
    shown = chat.begin(messages, "*" * 400 + "\n" * 30_000 + "x", 4000)
    assert shown[:2] == messages
    assert unescape_markdown(shown[2]["content"]) == "*" * 299 + "…"
    assert "the question has 30401 characters, at most 4000 are read" in unescape_markdown(
        shown[3]["content"]
    )
    assert [*chat.reply(fake(), shown)] == [shown]
    assert chat.edit(messages, 0, "x" * 4001, "a", 4000)[1]["role"] == "assistant"


def test_an_answer_grows_to_its_end_with_sources_below():
    steps = [turn[-1]["content"] for turn in chat.reply(fake(), [said(ASKED)])]
    assert len(steps) > 3
    assert all(step.endswith(" ▍") for step in steps[:-1])
    assert all("Sources" not in step for step in steps[:-1])
    assert steps[-1].count("](#cite=") == 2
    assert "### Sources" in steps[-1]


def test_the_question_reaches_the_engine_as_it_was_typed_with_the_turns_before():
    engine = fake()
    first = [*chat.reply(engine, [said(ASKED)])][-1]
    list(chat.reply(engine, [*first, said("And `_him_` & <co>?")], ["a.txt"]))
    question, history, documents = engine.asked[-1]
    assert question == "And `_him_` & <co>?"
    assert documents == ("a.txt",)
    assert history == (Turn(ASKED, engine.ask(ASKED).text),)


def test_only_the_last_turns_are_handed_over():
    engine = fake()
    turns = [message for n in range(20) for message in (said(f"q{n}"), answered())]
    list(chat.reply(engine, [*turns, said("last")]))
    assert [turn.question for turn in engine.asked[-1][1]] == [f"q{n}" for n in range(12, 20)]


def test_without_an_open_question_the_conversation_stays_as_it_is():
    told = [said("a"), answered()]
    assert list(chat.reply(fake(), [])) == [[]]
    assert list(chat.reply(fake(), told)) == [told]


def test_a_refusal_suggests_questions_that_the_documents_answer():
    last = [*chat.reply(fake(), [said("Who won the cup?")], None, EXAMPLES)][-1][-1]
    assert [option["value"] for option in last["options"]] == list(EXAMPLES)


def test_a_real_answer_suggests_nothing_of_the_kind():
    assert "options" not in [*chat.reply(fake(), [said(ASKED)], None, EXAMPLES)][-1][-1]


def options(messages):
    return [option["value"] for option in messages[-1].get("options", [])]


def test_under_an_answer_stand_questions_about_what_is_near_its_passages():
    engine = fake()
    messages = [*chat.reply(engine, [said(ASKED)])][-1]
    offered = chat.offer(engine, messages, None, ["Something else?"])
    assert options(offered) == [example for example in EXAMPLES if example != ASKED]
    assert offered[:-1] == messages[:-1]
    assert offered[-1]["content"] == messages[-1]["content"]


def test_under_a_refusal_suggestions_fill_up_and_nothing_is_offered_twice():
    engine = fake()
    messages = [*chat.reply(engine, [said(ASKED)])][-1]
    messages = [*chat.reply(engine, [*messages, said("Who won the cup?")])][-1]
    offered = chat.offer(engine, messages, None, [*EXAMPLES, "What is this about?"])
    assert options(offered) == [*EXAMPLES[1:], "What is this about?"]


def test_where_no_passage_is_named_the_options_stay_as_they_are():
    hello = {**answered("Hello."), "options": [{"value": "a", "label": "a"}]}
    for messages in ([], [said("a")], [said("a"), hello]):
        assert chat.offer(fake(), messages) == messages


def test_an_answer_whose_document_is_gone_stands_without_options():
    class Gone(FakeAssistant):
        def follow_ups(self, places, *, asked=(), documents=None, count=3):
            raise DocumentNotFoundError("gone")

    messages = [*chat.reply(fake(), [said(ASKED)])][-1]
    assert options(chat.offer(Gone(), messages)) == []


def test_an_error_the_user_can_act_on_becomes_the_answer():
    last = [*chat.reply(fake(), [said("x" * 5000)])][-1][-1]
    assert last["content"] == "> the question has 5000 characters, at most 4000"


def test_a_stopped_answer_keeps_its_words_and_says_that_it_is_incomplete():
    messages = next(chat.reply(Failing(), [said("q")]))
    finished = chat.finish(messages)[-1]["content"]
    assert finished == "Half an\n\n> Stopped here&#58; this answer is incomplete."


def test_a_question_without_any_word_of_an_answer_is_closed_in_words():
    assert chat.finish([said("q")])[-1]["content"].startswith("> No answer")


def test_a_finished_conversation_is_left_as_it_is():
    messages = [said("q"), answered("Done.")]
    assert chat.finish(messages) == messages
    assert chat.finish([]) == []


def test_retry_keeps_the_question_and_drops_what_followed():
    messages = [said("a"), answered(), said("b"), answered()]
    assert chat.retry(messages, 2) == messages[:3]


def test_undo_gives_the_question_back_as_it_was_typed():
    messages = [said("a"), answered(), said("b_c *d*"), answered()]
    assert chat.undo(messages, 2) == (messages[:2], "b_c *d*")


def test_an_edited_question_replaces_what_followed():
    messages = [said("a"), answered(), said("b"), answered()]
    assert chat.edit(messages, 0, "new?", "a", 4000) == [{"role": "user", "content": "new?"}]


def test_a_question_edited_to_nothing_changes_nothing():
    start, end = [said("a"), answered()], answered()
    before = {"role": "user", "content": "b&#42;"}
    edited = chat.edit([*start, said(" \n"), end], 2, " \n", "b&#42;", 4000)
    assert edited == [*start, before, end]


def test_two_conversations_on_one_engine_do_not_meet():
    engine = fake()
    first, second = [said(ASKED)], [said("Did Salvini travel to Moscow?")]
    pairs = zip(chat.reply(engine, first), chat.reply(engine, second), strict=False)
    *_, (one, two) = pairs
    assert "Salvini" not in str(one)
    assert "Draghi" not in str(two)
