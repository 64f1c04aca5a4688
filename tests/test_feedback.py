"""A complaint about an answer: the case it becomes, the file it goes to, what is refused."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.feedback import Reason, complaint_case
from assistant.types import Answer, Citation, Turn
from eval.cases import load_cases, parse_case
from index.errors import TroubleError, UsageError
from tests.fakes_ui import EXAMPLES, FAILS, FakeAssistant, make_document
from ui import chat
from ui.command import _drafts_path
from ui.complaints import complain
from ui.drafts import MAX_FILE_BYTES, Drafts

AGE, PLAN, _ = EXAMPLES
REFUSED = "Who won the world cup?"
BUILT = "It was built in 1820."
ANSWER = Answer("When?", f"{BUILT} [1]", (Citation(1, "mill.txt", "Mill", 0, 21, BUILT),))


@pytest.fixture
def drafts(tmp_path):
    return Drafts(tmp_path / "new" / "drafts.jsonl")


def conversation(engine, *questions):
    messages = []
    for question in questions:
        messages = [*chat.reply(engine, chat.begin(messages, question, 4000))][-1]
    return messages


# ---- the case ----


def test_a_complaint_holds_question_history_answer_and_citations():
    case = complaint_case(ANSWER, [Turn("Where?", "By the river. [1]")], Reason.WRONG_CITATION)
    assert case == {
        "id": case["id"],
        "question": "When?",
        "history": [{"question": "Where?", "answer": "By the river. [1]"}],
        "answers": [BUILT],
        "evidence": [BUILT],
        "documents": ["mill.txt"],
        "answerable": True,
        "tags": ["draft", "complaint", "wrong-citation"],
    }


def test_a_disliked_refusal_expects_an_answer_that_nobody_knows_yet():
    refusal = Answer("When?", "The documents do not answer this.", refused=True)
    case = complaint_case(refusal, reason=Reason.DISLIKE)
    assert (case["answerable"], case["answers"], case["evidence"]) == (True, [], [])


def test_the_id_tells_reasons_answers_and_histories_apart_and_nothing_else():
    other = Answer("When?", "In 1821.")
    turn = Turn("Where?", "Here.")
    cases = [
        complaint_case(ANSWER),
        complaint_case(ANSWER, [turn]),
        complaint_case(other),
        complaint_case(ANSWER, reason=Reason.DISLIKE),
        complaint_case(ANSWER, reason=Reason.WRONG_CITATION),
    ]
    assert len({case["id"] for case in cases}) == 5
    assert complaint_case(ANSWER) == cases[0]


def test_a_number_in_brackets_that_is_no_marker_stays():
    answer = Answer("When?", "In 1820 [7] [1].", ANSWER.citations)
    assert complaint_case(answer)["answers"] == ["In 1820 [7]."]


def test_text_that_no_file_can_hold_and_empty_turns_still_give_a_case():
    case = complaint_case(Answer("Wh\ud800en?", "In \udfff 1820."), [Turn(" ", "x")])
    assert parse_case(json.loads(json.dumps(case)), "draft").question == "Wh?en?"
    assert case["history"] == []


# ---- from the page to the file ----


def test_what_is_saved_is_a_case_file_with_quotes_of_the_documents(drafts):
    engine = FakeAssistant()
    told = complain(engine, drafts, conversation(engine, AGE, PLAN), 3, "dislike")
    (case,) = load_cases(drafts.path)
    answer = engine.ask(PLAN)
    assert told["saved"]
    assert case.id in told["text"]
    assert case.question == PLAN
    assert case.history == (Turn(AGE, engine.ask(AGE).text),)
    assert case.evidence == tuple(citation.quote for citation in answer.citations)
    assert case.answers == (" ".join(case.evidence),)
    assert case.documents == (answer.citations[0].document_id,)
    assert case.tags == ("draft", "complaint", "dislike")


def test_a_complaint_is_saved_once_and_another_reason_is_another_complaint(drafts):
    engine = FakeAssistant()
    messages = conversation(engine, AGE)

    def click(reason):
        return complain(engine, drafts, messages, 1, reason)

    with ThreadPoolExecutor(4) as people:
        told = list(people.map(click, ["dislike"] * 8))
    assert all(each["saved"] for each in told)
    assert sum("already" in each["text"] for each in told) == 7
    assert click("wrong-citation")["saved"]
    assert len(load_cases(drafts.path)) == 2


def test_a_refusal_becomes_a_case_that_the_evals_read(drafts):
    engine = FakeAssistant()
    assert complain(engine, drafts, conversation(engine, REFUSED), 1, "dislike")["saved"]
    (case,) = load_cases(drafts.path)
    assert (case.answerable, case.answers, case.evidence) == (True, (), ())


@pytest.mark.parametrize("index", [0, 2, -1, 99, None, "1", [1], 1.0])
def test_an_index_where_no_answer_stands_saves_nothing(drafts, index):
    engine = FakeAssistant()
    assert not complain(engine, drafts, conversation(engine, AGE), index, "dislike")["saved"]
    assert not drafts.path.exists()


@pytest.mark.parametrize("reason", ["like", "", None, ["dislike"], "../x"])
def test_an_unknown_reason_saves_nothing(drafts, reason):
    engine = FakeAssistant()
    assert not complain(engine, drafts, conversation(engine, AGE), 1, reason)["saved"]
    assert not drafts.path.exists()


def test_a_remark_of_the_program_and_half_an_answer_are_no_answers(drafts):
    engine = FakeAssistant()
    remark = conversation(engine, "x" * 5000)
    half = next(iter(chat.reply(engine, chat.begin([], AGE, 4000))))
    failed = chat.finish(chat.begin([], FAILS, 4000))
    for messages in (remark, half, failed):
        assert not complain(engine, drafts, messages, 1, "dislike")["saved"]


def test_forged_and_outdated_links_bring_no_text_into_the_file(drafts):
    document = make_document("a.txt", "A", "Secret. " * 1000)
    engine = FakeAssistant([document])
    version = document.sha256[:12]
    links = [
        f"#cite=0-7999-{version}-a.txt",  # Longer than any citation.
        f"#cite=9-3-{version}-a.txt",
        f"#cite=90000-90009-{version}-a.txt",
        "#cite=0-7-000000000000-a.txt",
        "#cite=0-7--a.txt",
        f"#cite=0-7-{version}-..%2F..%2Fetc%2Fpasswd",
    ]
    chips = " ".join(f'[[{n}]]({link} "x")' for n, link in enumerate(links, 1))
    messages = [*chat.begin([], "Why?", 4000), {"role": "assistant", "content": f"So. {chips}"}]
    assert complain(engine, drafts, messages, 1, "wrong-citation")["saved"]
    (case,) = load_cases(drafts.path)
    assert (case.evidence, case.documents) == ((), ())


# ---- the file ----


def test_the_file_is_its_owners_and_is_named_once(tmp_path):
    named = []
    drafts = Drafts(tmp_path / "a" / "d.jsonl", named.append)
    assert drafts.add({"id": "x1"})
    assert drafts.add({"id": "x2"})
    assert not drafts.add({"id": "x1"})
    assert stat.S_IMODE(drafts.path.stat().st_mode) == 0o600
    assert named == [drafts.path]


def test_a_line_without_an_end_is_ended_first(drafts):
    drafts.path.parent.mkdir()
    drafts.path.write_text('{"id": "mine"}')
    drafts.add({"id": "x1"})
    assert drafts.path.read_text() == '{"id": "mine"}\n{"id": "x1"}\n'


def test_a_file_that_cannot_be_written_is_told_to_the_visitor_without_its_folder(tmp_path):
    (tmp_path / "blocked").write_text("a file where a folder should be")
    engine = FakeAssistant()
    drafts = Drafts(tmp_path / "blocked" / "drafts.jsonl")
    told = complain(engine, drafts, conversation(engine, AGE), 1, "dislike")
    assert not told["saved"]
    assert "could not be saved" in told["text"]
    assert str(tmp_path) not in told["text"]


def test_a_full_file_takes_no_more(drafts):
    drafts.path.parent.mkdir()
    drafts.path.write_bytes(b"\n" * MAX_FILE_BYTES)
    with pytest.raises(TroubleError, match="File too large"):
        drafts.add({"id": "x1"})
    assert drafts.path.stat().st_size == MAX_FILE_BYTES


# ---- the option ----


def test_the_file_is_one_for_the_folder_unless_it_is_given(tmp_path):
    one, other = (_drafts_path(None, tmp_path / name) for name in "ab")
    assert one != other
    assert (one.parent.name, one.suffix) == ("drafts", ".jsonl")
    assert _drafts_path(tmp_path / "d.jsonl", tmp_path / "a") == tmp_path.resolve() / "d.jsonl"


@pytest.mark.parametrize("name", ["drafts.txt", "drafts", "folder.jsonl", "docs/drafts.jsonl"])
def test_a_file_that_evals_or_index_could_not_take_is_refused(tmp_path, name):
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(UsageError, match="--drafts"):
        _drafts_path(tmp_path / name, tmp_path.resolve() / "docs")
