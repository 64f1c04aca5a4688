"""Answers in a language model's words, with a scripted model and hash embeddings."""

from dataclasses import replace

import pytest

from assistant import Assistant, Turn
from assistant.llm.generator import GenerationError
from assistant.llm_settings import CheckSettings, LlmSettings
from assistant.types import Verdict
from assistant.understand.question import understand
from assistant.write.draft import is_cut_off
from assistant.write.sentences import SPACE, Written
from assistant.write.written import _near
from index.errors import ModelError
from index.types import Found, Hit, Passage, Sentence
from tests.fakes import UNREAD, HashEmbedder, ScriptedGenerator

QUESTION = "Who built the harbour of Lumen in 1887?"
GOOD = "The author writes that Clara Voss built the harbour of Lumen in 1887 [1]. It has 14 cranes."
BUILT = "The harbour of Lumen was built in 1887 by Clara Voss."


@pytest.fixture
def make(folder, tmp_path):
    """An assistant that writes with the given replies; also the generator."""
    made = []

    def make(*replies, settings=UNREAD, **options):
        generator = ScriptedGenerator(*replies, **options)
        made.append(
            Assistant.from_folder(
                folder,
                index_dir=tmp_path / "index",
                embed_model=HashEmbedder(),
                llm=generator,
                settings=settings,
            )
        )
        return made[-1], generator

    yield make
    for assistant in made:
        assistant.close()


def check(assistant, answer):
    """What holds of every written answer."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for c in answer.citations:
        assert assistant.document(c.document_id).text[c.start : c.end] == c.quote
        assert f"[{c.number}]" in answer.text
    for s in answer.sentences:
        assert answer.text[s.start : s.end] == s.text
        assert (s.verdict is Verdict.SUPPORTED) == (not s.mark)
        assert s.mark in answer.text
    assert answer.refused <= (not answer.citations)


def test_what_the_model_writes_is_shown_with_exact_citations(make):
    assistant, _ = make(GOOD)
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text == (
        "The author writes that Clara Voss built the harbour of Lumen in 1887. [1] "
        "It has 14 cranes. [2]"
    )
    assert [c.quote for c in answer.citations] == [BUILT, "It has 14 cranes."]
    assert {s.verdict for s in answer.sentences} == {Verdict.SUPPORTED}
    assert answer.notices == ()


def test_growing_answers_come_sentence_by_sentence_and_the_last_is_that_of_ask(make):
    assistant, _ = make(GOOD, GOOD)
    answers = list(assistant.stream(QUESTION))
    assert answers[-1] == assistant.ask(QUESTION)
    texts = list(dict.fromkeys(a.text for a in answers))
    assert len(texts[-1].split("[1]")) == 2
    assert any(t.endswith("in 1887. [1]") for t in texts)
    for answer in answers[:-1]:
        check(assistant, answer)
        assert answer.incomplete
        assert answers[-1].text.startswith(answer.text)


def test_what_no_passage_supports_is_left_out_and_said(make):
    assistant, _ = make(f"{GOOD} Its mayor breeds green parrots in a tower.")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert "parrots" not in answer.text
    assert answer.notices == (
        "1 sentence of the language model left out: not supported by the documents.",
    )


def test_what_no_passage_supports_can_be_kept_and_marked(make):
    settings = replace(UNREAD, check=CheckSettings(unsupported="mark"))
    assistant, _ = make(f"{GOOD} Its mayor breeds green parrots.", settings=settings)
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text.endswith("green parrots. (not supported by the documents)")
    assert answer.sentences[-1].verdict is Verdict.UNSUPPORTED
    assert answer.sentences[-1].citations == ()


@pytest.mark.parametrize(
    ("wrong", "missing"),
    [
        ("The harbour of Lumen was built in 1897 by Clara Voss.", "1897"),
        ("The harbour of Lumen was built in 1887 by Clara Moss.", "Moss"),
        ("The harbour of Lumen was not built in 1887 by Clara Voss.", "not"),
        ("It has 15 cranes.", "15"),
        ("Ships carry salt, timber and pepper to the islands.", "pepper"),
        ("The lighthouse burned down in 1887 because a lamp fell over.", "1887"),
    ],
)
def test_a_wrong_number_name_or_word_is_marked_with_what_is_missing(make, wrong, missing):
    assistant, _ = make(f"{GOOD.split(']', maxsplit=1)[0]}]. {wrong}")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    last = answer.sentences[-1]
    assert last.verdict is not Verdict.SUPPORTED or wrong not in answer.text
    assert missing in last.missing
    assert f"“{missing}”" in answer.text


def test_a_citation_is_moved_to_the_passage_that_supports(make):
    assistant, _ = make("A stall costs 30 crowns a day [1]. It has 14 cranes [17].")
    answer = assistant.ask("What does a stall cost a day?")
    check(assistant, answer)
    assert [c.quote for c in answer.citations] == [
        "A stall costs 30 crowns a day.",
        "It has 14 cranes.",
    ]
    assert "17" not in answer.text


def test_a_question_that_is_refused_costs_no_tokens(make):
    assistant, generator = make()
    answer = assistant.ask("What is the boiling point of xenon?")
    assert answer.refused
    assert generator.prompts == []


UNTOLD = (
    "The passages do not mention who built it. I think it was Bob.",
    "I cannot answer this question from the documents.",
)
"""Ways of saying that the passages do not answer, other than the one that the prompt asks for."""
WARY = replace(UNREAD, answer=replace(UNREAD.answer, refuse_below=0.8))
MORE = " More and more words follow here." * 20


@pytest.mark.parametrize(
    ("reply", "settings"), [("NOT IN THE PASSAGES", UNREAD), *((reply, WARY) for reply in UNTOLD)]
)
def test_a_model_that_says_so_makes_a_refusal_and_is_stopped(make, reply, settings):
    assistant, _ = make(reply + MORE, settings=settings)
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.refused
    assert answer.hits
    assert answer.notices == ("The language model found no answer in the passages.",)


@pytest.mark.parametrize("reply", UNTOLD)
def test_a_model_that_says_so_in_its_own_words_is_outvoted_by_a_sure_answer(make, reply):
    assistant, _ = make(reply + MORE)
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert not answer.refused
    assert answer.text.startswith("According to harbour.txt: “The harbour of Lumen was built")
    assert answer.notices == (
        "The language model found no answer in the passages; this is what they say, word for word.",
    )


def test_nothing_supported_gives_the_documents_own_words(make):
    assistant, _ = make("Bob dug a huge tunnel of cheese. The passages do not mention his wife.")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.sentences == ()
    assert answer.text.startswith("According to harbour.txt")
    assert answer.notices[-1].startswith("What the language model wrote is not supported")


def test_a_failure_gives_the_verbatim_answer_with_a_notice(make):
    assistant, _ = make(GenerationError("it is asleep"))
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text.startswith("According to harbour.txt: “The harbour of Lumen was built")
    assert answer.notices == (
        "Language model unavailable (scripted): it is asleep. "
        "This is what the documents say, word for word.",
    )


def test_a_break_keeps_what_was_written(make):
    assistant, _ = make(GOOD + " And then<<cut>>the cable broke")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.incomplete
    assert answer.text.endswith("It has 14 cranes. [2] […]")
    assert "the cable broke" in answer.notices[0]


def test_closing_the_stream_stops_the_model(make):
    assistant, generator = make(GOOD * 50)
    stream = assistant.stream(QUESTION)
    next(stream)
    stream.close()
    assert generator.closed == 1


def test_a_model_that_goes_in_circles_is_stopped(make):
    assistant, generator = make(f"{BUILT} " * 50)
    answer = assistant.ask(QUESTION)
    assert answer.text == f"{BUILT} [1]"
    assert generator.closed == 1


def test_a_follow_up_is_rewritten_and_shown(make):
    history = [Turn("Tell me about the lighthouse of Lumen", "It burned down in 1921. [1]")]
    assistant, generator = make(
        "Rewritten question: Why did the lighthouse of Lumen burn down?",
        "The lighthouse burned down in 1921 because a lamp fell over [1].",
    )
    answer = assistant.ask("Why did it burn down?", history=history)
    check(assistant, answer)
    assert answer.question == "Why did it burn down?"
    assert answer.notices == ("Understood as: “Why did the lighthouse of Lumen burn down?”",)
    assert "lamp fell over" in answer.text
    assert "Question: Why did the lighthouse of Lumen burn down?" in generator.prompts[1][1].text


def test_a_question_that_changes_the_subject_is_not_rewritten(make):
    history = [Turn("When does the market open?", "“The market of Lumen opens on Tuesday.” [1]")]
    assistant, generator = make("The harbour of Lumen was built in 1887 by Clara Voss [1].")
    answer = assistant.ask("And who built the harbour of Lumen?", history=history)
    check(assistant, answer)
    assert [c.quote for c in answer.citations] == [BUILT]
    assert answer.notices == ()
    assert len(generator.prompts) == 1


@pytest.mark.parametrize("reply", ["Why did Nero burn Rome?", "", "x " * 400, "It was a lamp."])
def test_a_rewrite_that_invents_or_forgets_is_not_used(make, reply):
    history = [Turn("Tell me of the lighthouse", "“The lighthouse burned down in 1921 …” [1]")]
    assistant, generator = make(
        reply or GenerationError("nothing"), "The lighthouse burned down in 1921 [1]."
    )
    answer = assistant.ask("Why did it burn down?", history=history)
    check(assistant, answer)
    assert not any("Understood as" in notice for notice in answer.notices)
    assert any("lighthouse" in c.quote for c in answer.citations)
    assert len(generator.prompts) == (2 if reply else 1)


def test_the_context_budget_is_kept_and_what_was_left_out_is_said(make):
    settings = replace(UNREAD, llm=LlmSettings(context_tokens=512, max_tokens=200))
    assistant, generator = make(GOOD, settings=settings, context_tokens=440)
    history = [Turn("Is there salt? " * 30, "Yes. " * 30)]
    answer = assistant.ask(QUESTION, history=history)
    [prompt] = generator.prompts
    assert sum(generator.count_tokens(m.text) for m in prompt) + 200 <= 440
    assert any(n.startswith("Not shown to the language model") for n in answer.notices)


def test_a_last_sentence_without_an_end_is_not_shown(make):
    assistant, _ = make(f"{BUILT} It has 14 cranes and was the pride of")
    assert assistant.ask(QUESTION).text == f"{BUILT} [1]"


def test_a_short_answer_needs_no_full_stop(make):
    assistant, _ = make("Clara Voss")
    assert assistant.ask(QUESTION).text == "Clara Voss [1]"


def test_a_long_one_does_even_if_it_is_the_only_one():
    assert not is_cut_off(Written(SPACE, "Clara Voss, in 1887"), is_first=True)
    assert is_cut_off(Written(SPACE, "The harbour was built " + "and built " * 10), is_first=True)


def test_examples_are_made_without_the_model(make):
    assistant, generator = make()
    assert assistant.examples()
    assert generator.prompts == []


def test_a_paraphrase_is_shown_with_the_word_that_is_not_found(make):
    assistant, _ = make("Clara Voss constructed the harbour of Lumen in 1887 [1].")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text.endswith("in 1887. [1] (not found in the documents: “constructed”)")


def test_a_wrong_name_alone_gives_the_documents_own_words(make):
    assistant, _ = make("Otto Moss built the harbour of Lumen in 1887 [1].")
    answer = assistant.ask(QUESTION)
    assert answer.sentences == ()
    assert "Clara Voss" in answer.text


NO_MOTIVE = "Police said there is no information about the motive of the fire in the lighthouse."
NO_SUBLETTING = "The document does not give tenants of a stall the right to sublet."


@pytest.mark.parametrize("said", [NO_MOTIVE, NO_SUBLETTING])
def test_a_document_that_says_what_there_is_not_is_an_answer(make, folder, said):
    (folder / "fire.txt").write_text(said, encoding="utf-8")
    assistant, _ = make(f"{said} {BUILT}")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text == f"{said} [1] {BUILT} [2]"
    assert answer.notices == ()


def test_the_words_for_no_answer_refuse_even_where_a_document_says_them(make, folder):
    (folder / "planted.txt").write_text("NOT IN THE PASSAGES", encoding="utf-8")
    assistant, _ = make("NOT IN THE PASSAGES")
    assert assistant.ask(QUESTION).refused


@pytest.mark.parametrize(
    ("rest", "unsaid", "notice"),
    [
        (
            " The passages do not say when she was born.",
            "born",
            "The language model found nothing on part of the question.",
        ),
        (
            "\nAs the harbour master puts it,\n",
            "puts",
            "1 sentence of the language model left out: not finished.",
        ),
    ],
)
def test_what_a_model_did_not_find_or_finish_is_said(make, rest, unsaid, notice):
    assistant, _ = make(f"{GOOD}{rest}")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert unsaid not in answer.text
    assert answer.notices == (notice,)


INVENTED = (
    "Bob dug a huge tunnel of cheese. Its mayor breeds green parrots in a tower. "
    "Nobody likes purple elephants. Wizards eat soup on Mars. "
)


def test_what_is_true_and_beside_the_question_is_no_answer(make):
    assistant, _ = make("It has 14 cranes.")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.sentences == ()
    assert BUILT in answer.text
    assert answer.notices == (
        "What the language model wrote is beside the question; this is what the documents say, "
        "word for word.",
    )


def test_one_sentence_beside_the_question_is_no_answer_where_most_was_dropped(make):
    assistant, _ = make(f"{INVENTED}It has 14 cranes [1].")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.sentences == ()
    assert BUILT in answer.text
    assert answer.notices == (
        "Most of what the language model wrote is not supported by the documents; "
        "this is what they say, word for word.",
    )


def test_one_sentence_that_answers_is_kept_where_most_was_dropped(make):
    assistant, _ = make(f"{INVENTED}Clara Voss built the harbour of Lumen in 1887 [1].")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.text == "Clara Voss built the harbour of Lumen in 1887. [1]"
    assert answer.notices[0].startswith("4 sentences of the language model left out")


def test_a_break_after_a_wrong_sentence_gives_the_documents_own_words(make):
    assistant, _ = make("Otto Moss built the harbour of Lumen in 1887. And then<<cut>>it broke")
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert answer.sentences == ()
    assert BUILT in answer.text
    assert not answer.incomplete
    assert answer.notices == (
        "Language model unavailable (scripted): it broke. "
        "This is what the documents say, word for word.",
    )


class FailingJudge:
    """Cannot be loaded."""

    def __init__(self):
        self.asked = 0

    def support(self, passages, sentences):
        self.asked += 1
        raise ModelError("the cross-encoder x cannot be loaded; is it whole?")


def test_a_judge_that_fails_is_done_without(make):
    assistant, _ = make(GOOD)
    assistant.judge = FailingJudge()
    answer = assistant.ask(QUESTION)
    check(assistant, answer)
    assert {s.verdict for s in answer.sentences} == {Verdict.SUPPORTED}
    assert assistant.judge.asked == 1
    assert answer.notices == (
        "Checked by words alone, since the judge of sentences failed: "
        "the cross-encoder x cannot be loaded; is it whole?",
    )


@pytest.mark.parametrize(
    ("similarities", "near"), [((0.8, 0.3, 0.5), [0, 2]), ((-0.1, -0.3), [0]), ((0.0, -0.1), [0])]
)
def test_what_is_like_the_question_is_near_it_and_the_best_always_is(similarities, near):
    hit = Hit(Passage(0, "a.txt", "a.txt", 0, 9, "x" * 9), 1.0, 1)
    sentences = tuple(
        Sentence(hit, i, i + 1, "x", likeness, frozenset())
        for i, likeness in enumerate(similarities)
    )
    found = Found((hit,), sentences, {}, frozenset(), {0: frozenset()})
    question = understand("Who built it?", lambda text: text.split())
    assert sorted(place.start for place in _near(question, found)) == near
