"""Where the turn before was, and that a follow-up is answered from there first."""

import pytest

from assistant import Assistant, Turn
from assistant.compose import REFUSAL
from assistant.find import find
from assistant.quote.features import FOLLOW_UP_SENTENCE_FEATURES, sentence_features
from assistant.quote.last_turn import ELSEWHERE, SAID_AGAIN, going_on, last_turn, leads_elsewhere
from assistant.read.reader import Reading, read_best
from assistant.understand.followup import in_conversation
from tests.fakes import HashEmbedder

FILLER = "Nothing else is known of it."
TEXTS = {
    "bridge.txt": (
        "The bridge of Arden was opened in 1931. It was painted green in 1950.\n\n"
        + f"{FILLER} " * 25
        + "\n\nThe toll on the bridge was abolished by Ida Brandt."
    ),
    "tower.txt": (
        "The tower of Arden was opened in 1902. It was painted red in 1960. "
        "It was so much more than that."
    ),
}
QUOTED = Turn(
    "When was the bridge of Arden opened?", "“The bridge of Arden was opened in 1931.” [1]"
)
SHORT = Turn("When was the bridge of Arden opened?", "In 1931. [1]")
ASKED = "When was it painted?"


@pytest.fixture
def assistant(tmp_path):
    for name, text in TEXTS.items():
        path = tmp_path / "documents" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    made = Assistant.from_folder(
        tmp_path / "documents", index_dir=tmp_path / "index", embed_model=HashEmbedder()
    )
    made.reader = Notes()
    yield made
    made.close()


class Notes:
    """A reader that believes in every passage alike, and in it in what is not filler, and notes in
    what order it reads.
    """

    def __init__(self):
        self.passages = []

    def read(self, question, passages, sentences):
        self.passages += passages
        return [self._reading(p, spans) for p, spans in zip(passages, sentences, strict=True)]

    def _reading(self, passage, spans):
        told = [passage[first:last] != FILLER for first, last in spans]
        return Reading(1.0, 1.0, (0, 3), tuple(tells / sum(told) for tells in told))

    def support(self, passages, sentences):
        raise NotImplementedError


def found_for(assistant, question, *history):
    asked = in_conversation(question, assistant.index.terms, history)
    return asked, assistant.index.search(asked.text)


def test_a_sentence_that_was_quoted_is_known_again(assistant):
    question, found = found_for(assistant, ASKED, QUOTED)
    before = last_turn(question, found.sentences)
    assert [found.sentences[i].text for i in before.said] == [TEXTS["bridge.txt"][:39]]
    assert before.documents == {"bridge.txt"}


def test_a_short_answer_is_known_by_its_question_and_says_no_sentence(assistant):
    question, found = found_for(assistant, ASKED, SHORT)
    before = last_turn(question, found.sentences)
    assert before.said == frozenset()
    assert [s.text for s in before.sources] == [TEXTS["bridge.txt"][:39]]


def test_a_long_answer_does_not_say_every_sentence_of_small_words(assistant):
    told = (
        "The bridge of Arden, which is more than that, and so was much in need of it, is from 1931."
    )
    question, found = found_for(assistant, ASKED, Turn(QUOTED.question, f"{told} [1]"))
    assert "It was so much more than that." in [s.text for s in found.sentences]
    said = [found.sentences[i].text for i in last_turn(question, found.sentences).said]
    assert said == ["The bridge of Arden was opened in 1931."]


@pytest.mark.parametrize(
    ("answer", "is_said"),
    [("It was painted green in 1950.", True), ("The toll was abolished.", False)],
)
def test_a_sentence_is_said_where_nearly_all_of_its_words_are(assistant, answer, is_said):
    question, found = found_for(assistant, ASKED, Turn(QUOTED.question, f"{answer} [1]"))
    said = [found.sentences[i].text for i in last_turn(question, found.sentences).said]
    assert said == ["It was painted green in 1950."] * is_said


@pytest.mark.parametrize(
    "history",
    [
        (),
        (Turn("", ""),),
        (Turn("Who sells honey?", "Beekeepers from Lumen sell it on market days. [1]"),),
        (Turn(QUOTED.question, " ".join(f"word{n}" for n in range(20_000))),),
    ],
)
def test_a_turn_that_was_elsewhere_is_not_found(assistant, history):
    question, found = found_for(assistant, ASKED, *history)
    before = last_turn(question, found.sentences)
    assert not before.said
    assert not before.documents


def test_a_detail_of_what_was_said_may_stand_in_what_was_said():
    history = [Turn("Who built the harbour?", "“Clara Voss built it in 1887.” [1]")]
    for text, is_elliptic in (("When?", True), ("Since when?", True), ("How much is that?", True)):
        assert in_conversation(text, str.split, history).is_elliptic == is_elliptic
    for text in ("Why?", "And when was it painted?", "Which ships did it hold?"):
        assert not in_conversation(text, str.split, history).is_elliptic


def test_a_question_that_stands_alone_takes_nothing_from_the_turn_before(assistant):
    question, found = found_for(assistant, "When was the tower of Arden painted?", QUOTED)
    assert not question.is_follow_up
    assert not last_turn(question, found.sentences).sources


def test_what_is_near_is_in_the_same_document_and_not_far_away(assistant):
    question, found = found_for(assistant, ASKED, QUOTED)
    before = last_turn(question, found.sentences)
    near = {s.text for s in found.sentences if before.is_near(s)}
    assert TEXTS["bridge.txt"][40:69] in near
    assert not near & {"The toll on the bridge was abolished by Ida Brandt."}
    assert not near & {s.text for s in found.sentences if s.hit.passage.document_id == "tower.txt"}


def test_what_was_said_already_and_other_documents_are_believed_less(assistant):
    alone, _ = found_for(assistant, ASKED)
    question, found = found_for(assistant, ASKED, QUOTED)
    read = read_best(assistant.reader, question.read, found.sentences, 10)
    believed = going_on(read, question, found.sentences)
    documents = {hit.passage.id: hit.passage.document_id for hit in found.hits}
    lost = {id_: read[id_].answerable - believed[id_].answerable for id_ in read}
    [tower] = [id_ for id_, document in documents.items() if document == "tower.txt"]
    assert lost[tower] == ELSEWHERE
    quoted = next(s.hit.passage.id for s in found.sentences if s.text == TEXTS["bridge.txt"][:39])
    assert lost[quoted] == pytest.approx(SAID_AGAIN * read[quoted].masses[0])
    assert going_on(read, alone, found.sentences) == read


CHANGES = (
    "And when was the tower of Arden painted?",
    "Then when was the tower painted?",
    "So when was the red tower painted?",
    "How many times was the tower painted? Was there one?",
    "Was the tower painted red, and when was it?",
)


@pytest.mark.parametrize("changed", CHANGES)
def test_a_subject_that_is_changed_is_searched_for_by_itself(assistant, changed):
    assert found_for(assistant, changed, QUOTED)[0].is_follow_up
    question, found = find(assistant.index, changed, [QUOTED], 8)
    assert not question.is_follow_up
    assert question.text == question.read == changed
    assert found.hits[0].passage.document_id == "tower.txt"
    cited = assistant.ask(changed, history=[QUOTED]).citations
    assert {c.document_id for c in cited} == {"tower.txt"}
    assert len(found.hits) > 1
    [hit] = find(assistant.index, changed, [QUOTED], 1)[1].hits
    assert hit.passage.document_id == "tower.txt"


@pytest.mark.parametrize(
    "going",
    [ASKED, "And the toll?", "And who abolished the toll?", "Was it painted like the tower?"],
)
def test_a_subject_that_is_kept_is_not(assistant, going):
    question, found = find(assistant.index, going, [QUOTED], 8)
    assert question.is_follow_up
    assert last_turn(question, found.sentences).documents == {"bridge.txt"}


def test_after_a_turn_of_which_nothing_is_found_the_subject_is_changed(assistant):
    gone = Turn("Who sells honey?", "Beekeepers from Lumen sell it on market days. [1]")
    assert not find(assistant.index, CHANGES[0], [gone], 8)[0].is_follow_up
    assert find(assistant.index, ASKED, [gone], 8)[0].is_follow_up


def test_after_a_refusal_it_is_not(assistant):
    refused = Turn(QUOTED.question, f"{REFUSAL} The closest passages found are in tower.")
    assert find(assistant.index, CHANGES[0], [refused], 8)[0].is_follow_up


def test_only_the_documents_named_are_searched_again(assistant, tmp_path):
    (tmp_path / "documents" / "mill.txt").write_text("The tower of the mill was painted red.")
    assistant.sync()
    scope = ["bridge.txt", "tower.txt"]
    question, found = find(assistant.index, CHANGES[0], [QUOTED], 8, scope)
    assert not question.is_follow_up
    assert {hit.passage.document_id for hit in found.hits} == set(scope)


def test_words_that_both_documents_have_change_no_subject(assistant):
    question, found = found_for(assistant, "And when was Arden opened?", QUOTED)
    assert not leads_elsewhere(question, found)


@pytest.mark.parametrize("document", TEXTS)
def test_passages_of_the_documents_named_are_read_before_better_ones(assistant, document):
    _, found = found_for(assistant, "Arden")
    read_best(assistant.reader, "Arden", found.sentences, 1, {document})
    assert assistant.reader.passages[0] in TEXTS[document]


def test_only_a_follow_up_has_the_features_of_one(assistant):
    alone, found = found_for(assistant, "When was the bridge painted?")
    narrow = sentence_features(alone, found, {})
    question, found = found_for(assistant, ASKED, QUOTED)
    wide = sentence_features(question, found, {})
    assert wide.shape[1] - narrow.shape[1] == len(FOLLOW_UP_SENTENCE_FEATURES)
    row = dict(zip([s.text for s in found.sentences], wide[:, -3:].tolist(), strict=True))
    assert row[TEXTS["bridge.txt"][:39]] == [1, 1, 1]
    assert row[TEXTS["bridge.txt"][40:69]] == [0, 1, 1]
    assert row[TEXTS["tower.txt"][:38]] == [0, 0, 0]


def test_the_document_of_the_turn_before_is_read_first(assistant):
    assistant.ask("When was the tower of Arden painted?", history=[QUOTED])
    assert assistant.reader.passages[0].startswith("The tower")
    assistant.reader.passages.clear()
    assistant.ask(ASKED, history=[Turn("When was the tower of Arden opened?", "In 1902. [1]")])
    assert assistant.reader.passages[0].startswith("The tower")
    assistant.reader.passages.clear()
    assistant.ask(ASKED, history=[QUOTED])
    assert assistant.reader.passages[0].startswith("The bridge")


@pytest.mark.parametrize(("built", "document"), [("bridge", "bridge.txt"), ("tower", "tower.txt")])
def test_a_follow_up_is_answered_from_what_was_spoken_of(assistant, built, document):
    text = TEXTS[document]
    first = text.index(".") + 1
    history = [Turn(f"When was the {built} of Arden opened?", f"“{text[:first]}” [1]")]
    answer = assistant.ask(ASKED, history=history)
    assert text[first + 1 : text.index(".", first) + 1] in [c.quote for c in answer.citations]
    assert {c.document_id for c in answer.citations} == {document}
