"""Questions to answers, with hash embeddings."""

import shutil
from pathlib import Path

import pytest

from assistant import Answer, Assistant, Settings, Turn
from assistant.compose import THANKS
from assistant.llm_settings import LlmSettings
from assistant.quote.verbatim import is_introduced
from assistant.settings import AnswerSettings
from assistant.types import Place
from index.errors import (
    DocumentNotFoundError,
    FolderError,
    GroundedError,
    QuestionError,
    SettingsError,
    UsageError,
)
from tests.fakes import UNREAD, HashEmbedder, ScriptedGenerator, opened, quotes


def check(assistant: Assistant, answer: Answer) -> None:
    """What holds of every answer."""
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    for c in answer.citations:
        assert assistant.document(c.document_id).text[c.start : c.end] == c.quote
        assert f"[{c.number}]" in answer.text
        assert " ".join(c.quote.split()) in answer.text
    assert answer.refused <= (not answer.citations)
    assert 0 <= answer.confidence <= 1
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))


def test_a_question_is_answered_with_the_sentence_that_says_so(assistant):
    answer = assistant.ask("Who built the harbour of Lumen in 1887?")
    check(assistant, answer)
    assert not answer.refused
    assert "The harbour of Lumen was built in 1887 by Clara Voss." in {
        c.quote for c in answer.citations
    }
    assert answer.text.startswith("According to harbour.txt: “")


def test_what_the_documents_do_not_say_is_refused_with_what_is_missing(assistant):
    answer = assistant.ask("What is the boiling point of xenon?")
    check(assistant, answer)
    assert answer.refused
    assert answer.citations == ()
    assert "“xenon”" in answer.text
    assert answer.hits


def test_an_overview_cites_every_document(assistant):
    answer = assistant.ask("What are these documents about?")
    check(assistant, answer)
    assert {c.document_id for c in answer.citations} == {"harbour.txt", "notes/market.txt"}


@pytest.mark.parametrize("text", ["Hello!", "what can you do?", "Thanks"])
def test_small_talk_is_neither_refused_nor_cited(assistant, text):
    answer = assistant.ask(text)
    check(assistant, answer)
    assert not answer.refused
    assert answer.citations == ()


def test_thanks_and_openers_do_not_come_between_a_question_and_its_follow_up(assistant):
    question = "Who built the harbour of Lumen?"
    asked = [Turn(question, assistant.ask(question).text)]
    thanks = assistant.ask("Great, thanks!", history=asked).text
    assert thanks == THANKS
    after = assistant.ask("By the way, when was it built?", history=[*asked, Turn("ok", thanks)])
    assert after.question == "By the way, when was it built?"
    plain = assistant.ask("when was it built?", history=asked)
    assert (after.text, after.citations) == (plain.text, plain.citations)
    assert after.notices == ()


def test_who_doubts_an_answer_is_given_it_again_and_told_so(assistant):
    question = "Who built the harbour of Lumen?"
    first = assistant.ask(question)
    history = [Turn(question, first.text)]
    for doubt in ("Are you sure?", "Where does it say that?"):
        again = assistant.ask(doubt, history=history)
        assert again.question == doubt
        assert (again.text, again.citations) == (first.text, first.citations)
        assert again.notices == (f"Understood as: “{question}”", *first.notices)
        history.append(Turn(doubt, again.text))
    assert not assistant.ask(question, history=history).notices


def test_a_follow_up_takes_its_subject_from_the_history(assistant):
    history = [Turn("Tell me of the lighthouse", "“The lighthouse burned down in 1921 …” [1]")]
    answer = assistant.ask("Why did it burn down?", history=history)
    check(assistant, answer)
    assert any("lamp fell over" in c.quote for c in answer.citations)


def test_only_the_given_documents_are_searched(assistant):
    hits = assistant.ask("Lumen", documents=["notes/market.txt"]).hits
    assert {hit.passage.document_id for hit in hits} == {"notes/market.txt"}


@pytest.mark.model
def test_what_stands_under_a_heading_is_about_it(tmp_path):
    text = (
        "# Staff\n\n## Sickness\n\nCall your manager before 9 am.\n\n"
        "## Leaving\n\nReturn the badge on the last day.\n"
    )
    with opened(tmp_path, "handbook.md", text) as assistant:
        answer = assistant.ask("What does the handbook say about sickness?")
        assert quotes(answer) == ["Call your manager before 9 am."]
        assert assistant.ask("What does the handbook say about parking?").refused


def test_a_refusal_says_that_not_all_documents_were_asked(assistant):
    question = "Who built the zeppelin?"
    one = assistant.ask(question, documents="notes/market.txt")
    assert one.refused
    assert one.notices == ("Only notes/market.txt was asked, as chosen.",)
    two = assistant.ask(question, documents=["notes/market.txt", "harbour.txt"])
    assert two.notices == ("Only 2 documents were asked, as chosen.",)
    none = assistant.ask("Who won the cup?", documents=[])
    assert none.notices == ("No document was asked: none was chosen.",)
    assert assistant.ask(question).notices == ()
    assert assistant.ask("Who built the harbour of Lumen?", documents="harbour.txt").notices == ()


def test_the_last_streamed_answer_is_that_of_ask(assistant):
    question = "What does a stall cost a day?"
    assert list(assistant.stream(question))[-1] == assistant.ask(question)


def test_the_same_question_gets_the_same_answer(assistant):
    assert assistant.ask("Who sells honey?") == assistant.ask("Who sells honey?")


@pytest.mark.parametrize("question", ["", "  \n ", "a" * 20_000])
def test_an_empty_or_endless_question_is_an_error_that_says_so(assistant, question):
    with pytest.raises(QuestionError):
        assistant.ask(question)


def test_what_is_not_unicode_is_an_error_that_says_so(assistant):
    with pytest.raises(QuestionError, match="the question is not valid Unicode"):
        assistant.ask("Who is Voss\udcff?")
    with pytest.raises(QuestionError, match="the question is not valid Unicode"):
        assistant.search("Voss\udcff")
    for turn in (Turn("Who\udcff?", "Voss"), Turn("Who?", "Voss\ud83d")):
        with pytest.raises(QuestionError, match="turn 2 of the history"):
            assistant.ask("Why?", history=[Turn("Who?", "Voss"), turn])


@pytest.mark.parametrize("question", ["???", "🦙", "\x00", "Who is he?", "And why?"])
def test_a_first_question_about_nothing_is_an_error_that_asks_for_one(assistant, question):
    with pytest.raises(QuestionError, match="does not say what it is about"):
        assistant.ask(question)
    check(assistant, assistant.ask(question, history=[Turn("Who built the harbour?", "Voss")]))


@pytest.mark.parametrize(
    "question",
    [
        "Hi, what is the job of the person who wrote about the zeppelin?",
        "What came next, after the first zeppelin went up?",
    ],
)
def test_words_that_any_question_is_asked_with_are_not_said_to_be_missing(assistant, question):
    answer = assistant.ask(question)
    assert answer.refused
    assert "Nothing in them mentions “zeppelin”." in answer.text


@pytest.mark.parametrize("question", ["SELECT * FROM x; --", "' OR 1=1 \"("])
def test_odd_questions_are_refused_not_crashed_on(assistant, question):
    check(assistant, assistant.ask(question))


def test_an_unknown_document_is_an_error(assistant):
    with pytest.raises(DocumentNotFoundError, match=r"nope\.txt"):
        assistant.ask("Who?", documents=["nope.txt"])


def test_a_search_and_follow_ups_can_be_of_one_document_given_by_itself(assistant):
    hits = assistant.search("harbour", documents="harbour.txt")
    assert {hit.passage.document_id for hit in hits} == {"harbour.txt"}
    place = Place("harbour.txt", 0, 10)
    assert assistant.follow_ups([place], documents="harbour.txt") == assistant.follow_ups(
        [place], documents=["harbour.txt"]
    )


def test_an_index_that_was_made_anew_is_noticed(folder, tmp_path):
    places = {"index_dir": tmp_path / "index", "embed_model": HashEmbedder(), "settings": UNREAD}
    with Assistant.from_folder(folder, **places) as assistant:
        assistant.ask("Which documents mention the harbour?")
        state = assistant.index.state
        shutil.rmtree(folder)
        folder.mkdir()
        (folder / "salt.txt").write_text("Salt was traded on the road to Lumen.\n")
        fresh = tmp_path / "fresh"
        with Assistant.from_folder(folder, **{**places, "index_dir": fresh}) as other:
            while other.index.state[1] < state[1]:
                (folder / "salt.txt").write_text(f"Salt was traded {other.index.state[1]} times.\n")
                other.sync()
            assistant.index = other.index
            assert other.index.state[1] == state[1]
            assert not assistant.ask("Which documents mention salt?").refused


@pytest.mark.parametrize(
    "question",
    ["What  is this about?", "Can you list the documents, please?", "Please list  the documents."],
)
def test_spaces_and_courtesy_change_nothing(assistant, question):
    plain = "What is this about?" if "about" in question else "List the documents."
    answer, same = assistant.ask(question), assistant.ask(plain)
    assert answer.text == same.text
    assert answer.question == question


def test_the_longest_question_may_have_a_contraction(assistant):
    longest = assistant.settings.answer.max_question_characters
    question = f"Who's Clara Voss{' ' * longest}"[: longest - 1] + "?"
    assert assistant.ask(question).question == question


def test_a_missing_folder_is_an_error_that_names_it(tmp_path):
    with pytest.raises(FolderError, match="nowhere"):
        Assistant.from_folder(tmp_path / "nowhere", embed_model=HashEmbedder())


def test_an_index_inside_the_folder_is_refused(folder):
    with pytest.raises(SettingsError, match="inside the folder"):
        Assistant.from_folder(folder, index_dir=folder / "index", embed_model=HashEmbedder())


def test_refusing_always_and_never_can_be_set(folder, tmp_path):
    for limit, refused in ((1.0, True), (0.0, False)):
        assistant = Assistant.from_folder(
            folder,
            index_dir=tmp_path / "index",
            embed_model=HashEmbedder(),
            settings=Settings(answer=AnswerSettings(reader=False, refuse_below=limit)),
        )
        assert assistant.ask("Who built the harbour?").refused is refused


def test_examples_are_answered(assistant):
    for question in assistant.examples():
        assert not assistant.ask(question).refused


def test_follow_ups_of_no_place_or_in_a_gone_document_are_none_or_an_error(assistant):
    assert assistant.follow_ups([]) == ()
    with pytest.raises(DocumentNotFoundError):
        assistant.follow_ups([Place("gone.txt", 0, 5)])


def test_a_llama_index_program_can_use_it(assistant):
    nodes = assistant.as_retriever(k=3).retrieve("Who built the harbour?")
    for node in nodes:
        meta = node.metadata
        text = assistant.document(meta["document_id"]).text
        assert text[meta["start"] : meta["end"]] == node.text
    response = assistant.as_query_engine().query("Who built the harbour of Lumen in 1887?")
    assert str(response) == assistant.ask("Who built the harbour of Lumen in 1887?").text
    assert response.source_nodes


def test_a_question_can_ask_for_more_or_fewer_sentences(assistant):
    question = "What about the harbour and the market of Lumen?"
    one, usual = assistant.ask(question, sentences=1), assistant.ask(question)
    check(assistant, one)
    assert len(one.citations) == 1
    assert len(usual.citations) == 2
    assert assistant.settings.answer.max_sentences == 2
    for sentences in (0, 11):
        with pytest.raises(SettingsError, match="max_sentences"):
            assistant.ask(question, sentences=sentences)


def test_a_question_can_ask_for_the_documents_own_words(assistant):
    question = "Who built the harbour of Lumen in 1887?"
    own = assistant.ask(question)
    assistant.write_with(ScriptedGenerator("Clara Voss built it in 1887 [1]."))
    assert assistant.ask(question, written=False) == own
    assert assistant.ask(question).text == "Clara Voss built it in 1887. [1]"
    assert assistant.model_name == "scripted"


def test_the_model_can_be_changed_and_a_wrong_one_changes_nothing(assistant):
    assistant.use_model(LlmSettings(use="openai-like", url="http://127.0.0.1:9/v1", model="tiny"))
    name = assistant.model_name
    assert name.startswith("tiny at ")
    with pytest.raises(GroundedError):
        assistant.use_model(LlmSettings(use="gguf:/nowhere.gguf"))
    with pytest.raises(GroundedError):
        wrong = LlmSettings("openai-like", "http://x/v1", "other", prompt="/nowhere.txt")
        assistant.use_model(wrong)
    assert assistant.model_name == name
    assert assistant.settings.llm.model == "tiny"
    assistant.use_model(LlmSettings())
    assert assistant.model_name == ""


def test_no_passage_is_found_twice_where_one_document_crowds_the_others(tmp_path, embedder):
    folder = tmp_path / "crowded"
    folder.mkdir()
    wanted = "The harbour of Lumen has honey"
    texts = {
        "big.md": [f"# Part {i}\n\n{wanted} and salt {i}." for i in range(60)],
        "small.md": [f"# Part {i}\n\n{text}." for i, text in enumerate((wanted, "A", "B", "C"))],
    }
    for name, paragraphs in texts.items():
        (folder / name).write_text("\n\n".join(paragraphs))
    assistant = Assistant.from_folder(
        folder, index_dir=tmp_path / "crowded-index", embed_model=embedder, settings=UNREAD
    )
    found = assistant.index.search("The harbour of Lumen has honey?", count=10)
    assistant.close()
    ids = [hit.passage.id for hit in found.hits]
    assert len(ids) == len(set(ids)) == 10


def test_a_history_without_end_is_no_fault(assistant):
    history = [Turn(f"And what about crane {n}?", "It is so.") for n in range(3000)]
    check(assistant, assistant.ask("And when was it built?", history=history))


def test_an_overview_of_nothing_is_a_refusal(assistant):
    answer = assistant.ask("What is this about?", documents=[])
    check(assistant, answer)
    assert answer.refused


def test_documents_of_one_name_are_told_apart(tmp_path):
    for name in ("a", "b"):
        (tmp_path / "documents" / name).mkdir(parents=True)
        text = f"The pier of {name} is {name * 9} feet long. It is made of wood."
        (tmp_path / "documents" / name / "notes.txt").write_text(text, encoding="utf-8")
    assistant = Assistant.from_folder(
        tmp_path / "documents",
        index_dir=tmp_path / "index",
        embed_model=HashEmbedder(),
        settings=UNREAD,
    )
    text = assistant.ask("What is this about?").text
    assistant.close()
    assert "\na/notes.txt:\n" in text
    assert "\nb/notes.txt:\n" in text


def test_the_library_is_listed_only_for_who_asks_for_it(assistant, monkeypatch):
    monkeypatch.setattr(assistant.index, "documents", lambda: pytest.fail("was listed"))
    check(assistant, assistant.ask("Who built the harbour of Lumen in 1887?"))


def test_a_refusal_names_the_word_that_stands_nowhere(assistant):
    answer = assistant.ask("Did Müllheim reward harbourmasters?")
    assert answer.refused
    assert "“harbourmasters”" in answer.text
    assert "“Müllheim”" in answer.text


def test_a_home_of_nobody_is_a_folder_that_is_not_there():
    with pytest.raises(FolderError, match="~nosuchuser/x is not a folder"):
        Assistant.from_folder("~nosuchuser/x")


def test_one_document_may_be_given_by_itself(assistant):
    answer = assistant.ask("Who built the harbour of Lumen in 1887?", documents="harbour.txt")
    assert {c.document_id for c in answer.citations} == {"harbour.txt"}


def test_it_closes_at_the_end_of_a_block(assistant, monkeypatch):
    closed = []
    monkeypatch.setattr(assistant.index, "close", lambda: closed.append(True))
    with assistant as opened:
        assert opened is assistant
        assert not closed
    assert closed == [True]


@pytest.mark.model
def test_who_somebody_is_that_the_documents_name_is_not_refused(tmp_path):
    text = (
        "The storm broke the pier at Lumen. The line paid for the repairs, said its spokeswoman, "
        "Helen Fairbairn. Gwen Strand and Patricia Moss thanked the crew."
    )
    with opened(tmp_path, "news.txt", text) as assistant:
        for question in ("Who is Helen Fairbairn?", "who's Helen Fairbairn"):
            [citation] = assistant.ask(question).citations
            assert "its spokeswoman, Helen Fairbairn" in citation.quote
        found = assistant.index.search("Who is Patricia Strand?")
        assert not is_introduced("Who is Patricia Strand?", found)  # of two people
        assert is_introduced("Who was Patricia Moss?", found)


@pytest.mark.parametrize("folder", ["", None])
def test_a_folder_that_is_not_said_is_not_the_current_one(folder, tmp_path, monkeypatch):
    (tmp_path / "note.txt").write_text("Llamas graze.")
    monkeypatch.chdir(tmp_path)
    for made in (Assistant.from_folder, Assistant.open, Assistant.preview):
        with pytest.raises(FolderError, match=r"the (path of the )?folder is"):
            made(folder, index_dir=tmp_path / ".index", embed_model=HashEmbedder())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda a: a.ask(None), "the question is a NoneType; expected text"),
        (lambda a: a.search(7), "the question is a int"),
        (lambda a: a.search("Voss", k="5"), "'5' passages were asked for"),
        (lambda a: a.search("Voss", k=2.5), "2.5 passages"),
        (lambda a: a.search("Voss", k=0), "ask for at least 1"),
        (lambda a: a.examples(0), "0 examples were asked for; ask for at least 1"),
        (lambda a: a.examples(-1), "-1 examples"),
        (lambda a: a.follow_ups([], count=0), "0 follow-ups"),
        (lambda a: a.ask("Who?", history=None), "the history is a NoneType; expected a list of"),
        (
            lambda a: a.ask("Who?", history=[{"question": "Who?", "answer": "Voss"}]),
            "turn 1 of the history is a dict; expected Turn",
        ),
        (lambda a: a.ask("Who?", history=[Turn("Who?", None)]), "turn 1 of the history"),
        (lambda a: a.ask("Who?", documents=a.documents()), "DocumentInfo; expected its id: give"),
        (lambda a: a.ask("Who?", documents=7), "documents is a int; expected a list of ids"),
        (lambda a: a.document(Path("harbour.txt")), "PosixPath; expected its id: the path"),
        (lambda a: a.page(7, 1), "a document is given as a int"),
        (lambda a: a.ask("Who built the harbour?", sentences=1.5), "max_sentences is 1.5"),
        (lambda a: a.ask("Who built the harbour?", sentences=True), "max_sentences is True"),
        (lambda _: Settings(answer={"passages": 5}), "answer is a dict; expected AnswerSettings"),
        (lambda a: Assistant.open(a.folder, settings={}), "settings is a dict; expected Settings"),
    ],
)
def test_what_is_of_the_wrong_kind_is_named_with_what_was_expected(assistant, wrong, message):
    with pytest.raises(UsageError, match=message):
        wrong(assistant)
