"""Whom a follow-up is about, and which sentences are about somebody else."""

from dataclasses import replace

import pytest

from assistant import Assistant, Turn
from assistant.compose import compose_refusal
from assistant.quote.choose import choose
from assistant.quote.coefficients import Known, load_coefficients
from assistant.quote.person import OtherPeople, Person, other_people
from assistant.read.reader import Reading, read_without
from assistant.understand.followup import referents_of
from assistant.understand.question import understand
from index.types import Found, Hit, Passage, Sentence
from tests.fakes import UNREAD, HashEmbedder

INTRODUCED = (
    "Prime Minister Clara Voss opened the harbour.",
    "Her minister, Otto Brandt, built the market.",
)
WHO_IS_BRANDT = Turn("Who is Otto Brandt?", "“Her minister, Otto Brandt, built the market.” [1]")


def found_in(*passages: tuple[str, ...]) -> Found:
    """Passages of one document, each of some sentences with a blank between them."""
    hits, sentences = [], []
    for id_, texts in enumerate(passages):
        text = " ".join(texts)
        hit = Hit(Passage(id_, "a.txt", "a.txt", 0, len(text), text), 1.0, id_ + 1)
        hits.append(hit)
        for each in texts:
            at = text.index(each)
            terms = frozenset(each.lower().strip(".").split())
            sentences.append(Sentence(hit, at, at + len(each), each, 0.5, terms))
    all_terms = {id_: frozenset(" ".join(texts).split()) for id_, texts in enumerate(passages)}
    return Found(tuple(hits), tuple(sentences), {}, frozenset(), all_terms)


def barred(question: str, *sentences: str, history: tuple[Turn, ...] = (WHO_IS_BRANDT,)) -> list:
    """Those of ``sentences``, one passage beside the introduction, that may not answer."""
    found = found_in(INTRODUCED, sentences)
    others = other_people(question, referents_of(question, history), found)
    return [s for i, s in enumerate(found.sentences) if i in others.barred and s.hit.rank == 2]


def texts_of(sentences: list) -> list[str]:
    return [sentence.text for sentence in sentences]


@pytest.mark.parametrize(
    "sentence",
    [
        "Voss is 74 years old.",
        "Clara Voss, who is 74, is tired.",
        "Clara was born in 1887.",
        "Mrs. Voss said that she is 74.",
        "Voss has lost all confidence in the harbour.",
    ],
)
def test_a_sentence_that_names_only_others_may_not_answer(sentence):
    assert texts_of(barred("How old is he?", sentence)) == [sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "Brandt is 40 years old.",
        "Otto is younger than Clara Voss.",
        "Voss met Brandt in June.",
        "Voss has lost all confidence in Brandt.",
        "The market has 14 stalls.",
        "He is 40 years old.",  # nobody in its passage says who that is
        "He met Clara Voss.",
        "Lena Fischer is 50 years old.",  # nothing shows that this is a person
    ],
)
def test_a_sentence_that_may_be_about_the_one_may_answer(sentence):
    assert barred("How old is he?", sentence) == []


def test_a_pronoun_stands_for_the_nearest_person_before_it():
    about_voss = ("Voss governs.", "It is not easy.", "At 74, he is tired.", "His party left.")
    about_brandt = ("Brandt governs.", "It is not easy.", "At 74, he is tired.", "His party left.")
    said = barred("How old is he?", *about_voss)
    assert texts_of(said) == ["Voss governs.", "At 74, he is tired.", "His party left."]
    assert barred("How old is he?", *about_brandt) == []


def test_he_after_a_name_is_that_one_but_him_may_be_the_one_before():
    first = "Brandt left."
    assert len(barred("How old is he?", first, "Voss said he was 74.")) == 1
    assert barred("Who met him?", first, "Voss met him in June.") == []
    assert barred("Who is his wife?", first, "Voss is his wife.") == []


ABOUT_VOSS = ("Voss governs.", "At 74, she is tired.", "She has no party.")


@pytest.mark.parametrize(
    "question",
    [
        "How old is Otto Brandt?",
        "how old is brandt",
        "Is the minister Otto Brandt tired?",
        "Why does Brandt have no party?",
        "In what year did Brandt lose his party?",
    ],
)
def test_a_question_that_names_one_person_is_not_answered_with_the_he_of_another(question):
    assert texts_of(barred(question, *ABOUT_VOSS, history=())) == list(ABOUT_VOSS[1:])


def test_nor_a_question_about_somebody_whom_the_documents_do_not_know():
    assert len(barred("How old is Lena Fischer?", *ABOUT_VOSS, history=())) == 2


@pytest.mark.parametrize(
    "question",
    [
        "How old is Clara Voss?",
        "How old is she?",
        "How old is Brandt’s prime minister?",  # asks about another person
        "How old is the head of Brandt's government?",
        "How old is the Brandt Foundation?",
        "Does Otto Brenner govern?",
        "Did Brandt meet Voss?",  # either may be “she”
        "What is tired?",
        "Who has the support of Brandt?",
    ],
)
def test_but_any_other_question_may_be(question):
    assert barred(question, *ABOUT_VOSS, history=()) == []


@pytest.mark.parametrize(
    "sentences",
    [
        ("Voss governs.", "The minister is her friend.", "Is it true that he is 74?"),
        ("Voss met Brandt.", "He is 74."),
        ("Brandt left.", "Voss’s party agreed.", "He is 74."),
        ("Voss says that she is 74.",),
        ("Voss governs.", "The king came.", "He is 74."),
        ("The old minister is ill.", "He is 74."),
    ],
)
def test_who_a_he_stands_for_must_be_sure(sentences):
    assert barred("How old is Brandt?", *sentences, history=()) == []


def test_whom_the_question_names_itself_may_be_named_alone():
    assert barred("Did he meet Voss?", "Voss met the minister.") == []
    assert len(barred("Did he meet anybody?", "Voss met the king.")) == 1


@pytest.mark.parametrize(
    "history",
    [
        (Turn("How old is Brandt?", "“Clara Voss is 74.” [1]"),),  # the question comes first
        (Turn("who is otto brandt", "The documents do not answer this question."),),
        (Turn("Who built the market?", "“Her minister, Otto Brandt, built the market.” [1]"),),
        (WHO_IS_BRANDT, Turn("What did he build?", "The market of Lumen.")),
    ],
)
def test_the_person_is_found_in_the_conversation(history):
    assert len(barred("How old is he?", "Voss is 74.", "Brandt is 40.", history=history)) == 1


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("How old is he?", ()),
        ("How old is it?", (WHO_IS_BRANDT,)),
        ("How old is Brandt?", (WHO_IS_BRANDT,)),
        ("And what about Voss, how old is she?", (WHO_IS_BRANDT,)),
        ("How old is he?", (Turn("Where is the market of Lumen?", "In Italy."),)),
        ("How old is he?", (Turn("Who met Otto Brandt?", "Prime Minister Clara Voss did."),)),
    ],
)
def test_where_nobody_can_be_told_nothing_is_barred(question, history):
    assert barred(question, "Voss is 74.", history=history) == []


def test_somebody_whom_the_documents_do_not_know_is_not_somebody_else():
    history = (Turn("Who is Lena Fischer?", "The documents do not answer this question."),)
    assert len(barred("How old is she?", "Voss is 74.", "Brandt is 40.", history=history)) == 2


def test_another_sentence_is_chosen_in_place_of_a_barred_one():
    found = found_in(("Voss is old.", "Brandt is 40."))
    better = replace(found.sentences[0], similarity=0.9)
    found = replace(found, sentences=(better, found.sentences[1]))
    question, model = (
        understand("How old is he?", str.split),
        load_coefficients(Known.WITHOUT_READER).sentence,
    )
    assert choose(question, found, model, 1).chosen == (better,)
    choice = choose(question, found, model, 1, barred={0})
    assert choice.chosen == (found.sentences[1],)
    assert choice.scores[0] <= choice.scores[1] - 2
    assert choose(question, found, model, 1, barred={0, 1}).chosen == ()


def test_the_reader_is_believed_less_where_it_saw_the_answer_in_a_barred_sentence():
    found = found_in(("Voss is 74.", "Brandt is 40."), ("It rains.",))
    readings = {0: Reading(0.0, 5.0, (0, 4), (0.75, 0.25)), 1: Reading(1.0, 2.0, (0, 2), (1.0,))}
    left = read_without(readings, found.sentences, {0})
    assert left[1] == readings[1]
    assert left[0].masses == (0.0, 1.0)
    assert left[0].margin == pytest.approx(5 - 1.386, abs=0.001)  # log 1/4
    assert left[0].answerable == pytest.approx(-1.946, abs=0.001)  # chance 1/2 * 1/4 = 1/8
    assert read_without(readings, found.sentences, ()) == readings


def test_a_refusal_says_whose_sentences_were_left_out():
    people = tuple(Person(name, frozenset()) for name in ("Otto Brandt", "Clara Voss"))
    others = OtherPeople(people, frozenset((1,)))
    text = compose_refusal((), (), (*others.left_out, "another time or number"))
    left_out = "others than Otto Brandt or Clara Voss and about another time or number"
    assert text.endswith(f"Sentences about {left_out} were left out.")
    assert "left out" not in compose_refusal((), (), OtherPeople(people).left_out)


def test_a_question_about_one_person_is_refused_where_only_another_is_described(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    text = " ".join((*INTRODUCED, "Voss is 74 years old and tired."))
    (folder / "a.txt").write_text(text, encoding="utf-8")
    assistant = Assistant.from_folder(
        folder, index_dir=tmp_path / "index", embed_model=HashEmbedder(), settings=UNREAD
    )
    for name, is_said in (("Clara Voss", True), ("Otto Brandt", False)):
        answer = assistant.ask("Is he 74 years old?", history=[Turn(f"Who is {name}?", "")])
        assert ("74" in answer.text) is is_said
    assistant.close()


@pytest.mark.parametrize(
    "asked", ["who is Otto Brandt?", "who is otto brandt?", "who's otto brandt"]
)
def test_who_somebody_is_asks_for_nobody_else(asked):
    history = [Turn(asked, "“Her minister, Otto Brandt, served Clara Voss.” [1]")]
    assert "Voss" not in referents_of("How old is he?", history)[0]


@pytest.mark.parametrize(
    ("liked", "shown"),
    [
        ((0, 2), ["Voss is old.", "She likes salt."]),
        ((2, 0), ["She likes salt.", "Voss is old."]),
        ((1, 0), ["Voss is old.", "She has a long and rather winding tale to tell of it."]),
    ],
)
def test_the_best_is_shown_first_but_for_what_stands_right_before_it(liked, shown):
    texts = (
        "Voss is old.",
        "She has a long and rather winding tale to tell of it.",
        "She likes salt.",
    )
    found = found_in(texts)
    best, second = liked
    similar = {best: 0.9, second: 0.85}
    sentences = (replace(s, similarity=similar.get(i, 0.0)) for i, s in enumerate(found.sentences))
    question = understand("What is told?", str.split)
    model = load_coefficients(Known.WITHOUT_READER).sentence
    choice = choose(question, replace(found, sentences=tuple(sentences)), model, 2)
    assert [s.text for s in choice.chosen] == shown
