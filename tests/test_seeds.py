"""What a user of ``seeds/`` gets, with the packaged model."""

import pytest

from assistant import Turn
from assistant.types import Place

pytestmark = pytest.mark.model


def quotes(answer):
    return " ".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How old is Draghi?", "74 years old"),
        ("Did Salvini travel to Moscow?", "did not ultimately travel to Russia"),
        ("Who presented a peace plan to the UN Secretary General?", "Luigi Di Maio"),
    ],
)
def test_an_answer_cites_the_sentence_that_says_so(seeds, question, expected):
    answer = seeds.ask(question)
    assert not answer.refused
    assert expected in quotes(answer)


def test_a_sentence_about_this_article_stands_alone(seeds):
    [citation] = seeds.ask("Did Salvini travel to Moscow?").citations
    assert citation.quote.startswith("This article was updated")


def test_a_follow_up_is_understood(seeds):
    first = seeds.ask("Who is the prime minister of Italy?")
    answer = seeds.ask("How old is he?", history=[Turn(first.question, first.text)])
    assert "74 years old" in quotes(answer)


@pytest.mark.parametrize("first", ["Who is Luigi Di Maio?", "who is luigi di maio"])
def test_a_follow_up_about_one_person_is_not_answered_with_another(seeds, first):
    before = seeds.ask(first)
    history = [Turn(first, before.text)]
    assert "Luigi Di Maio" in quotes(before)
    age = seeds.ask("How old is he?", history=history)
    assert age.refused
    assert "Sentences about others than Luigi Di Maio were left out." in age.text
    assert "four point peace plan" in quotes(seeds.ask("What did he present?", history=history))


def test_a_follow_up_about_the_right_person_is_answered_as_before(seeds):
    history = [Turn("Who is Draghi?", seeds.ask("Who is Draghi?").text)]
    for question, expected in (
        ("How old is he?", "74 years old"),
        ("Whom did he meet?", "President Biden"),
        ("Does he have a party behind him?", "lacks the support"),
    ):
        assert expected in quotes(seeds.ask(question, history=history))


@pytest.mark.parametrize(
    "question", ["What is the capital of Australia?", "How do I bake sourdough bread?"]
)
def test_what_the_article_does_not_say_is_refused(seeds, question):
    answer = seeds.ask(question)
    assert answer.refused
    assert not answer.citations
    assert answer.hits


def test_every_passage_and_citation_is_exact(seeds):
    [document] = [seeds.document(info.id) for info in seeds.documents()]
    for hit in seeds.search("Italy Russia Ukraine", k=50):
        passage = hit.passage
        assert document.text[passage.start : passage.end] == passage.text
    for question in seeds.examples():
        for citation in seeds.ask(question).citations:
            assert document.text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize("question", ["How old is Draghi?", "Who won the world cup?"])
def test_follow_ups_are_answered_elsewhere_and_were_not_asked_yet(seeds, question):
    answer = seeds.ask(question)
    near = answer.citations or [hit.passage for hit in answer.hits[:3]]
    places = [Place(place.document_id, place.start, place.end) for place in near]
    found = seeds.follow_ups(places, asked=[question])
    assert len(found) == 3
    for other in found:
        tried = seeds.ask(other)
        assert not tried.refused
        assert not {c.start for c in tried.citations} <= {place.start for place in places}
        assert other not in seeds.follow_ups(places, asked=[question, other])


@pytest.mark.parametrize("topic", ["Hungary", "the Kremlin", "cyber-attacks", "Germany", "France"])
def test_a_topic_of_the_article_is_answered_with_a_sentence_that_names_it(seeds, topic):
    answer = seeds.ask(f"What does it say about {topic}?")
    assert topic.removeprefix("the ") in quotes(answer)


def test_a_topic_that_it_never_names_is_refused(seeds):
    assert seeds.ask("What does it say about Angela Merkel?").refused
