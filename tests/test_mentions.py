"""Questions about where and how often something is mentioned."""

import pytest

from assistant.survey.mentions import asked_for, count_in, summary_of


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("Which documents mention the Minsk Protocol?", "the Minsk Protocol"),
        ("How many times is Draghi mentioned?", "Draghi"),
        ("how often does the article mention Hungary", "Hungary"),
        ("How many times does it name “Salvini”?", "Salvini"),
        ("In which papers is BERT mentioned?", "BERT"),
        ("How often is NATO mentioned in the article?", "NATO"),
        ("How often is  NATO\nmentioned?", "NATO"),
        ("Which document is about the mayor?", "the mayor"),
        ("Which of these files say something about parking?", "parking"),
        ("Where can I find information about the earthquake?", "the earthquake"),
        ("In which document is the ferry discussed?", "the ferry"),
        ("Where can I find Ann?", None),
        ("How often is    mentioned?", None),
        ("How many times was Draghi elected?", None),
        ("What does the article mention about Hungary?", None),
        ("Which document explains taxes?", None),
    ],
)
def test_what_is_looked_for(question, what):
    assert asked_for(question) == what


def test_whole_words_are_counted_in_any_case_and_across_lines():
    assert count_in("The salt. SALT, salty; table-salt", "salt") == 3
    assert count_in("Minsk\nProtocol, Minsk  protocol", "the Minsk Protocol") == 2


def test_what_was_counted_is_said():
    assert summary_of("the salt", [1], 1, 1) == (
        "“salt” stands once in the document, counted as whole words in any case."
    )
    assert summary_of("salt", [5, 2], 9, 1) == (
        "“salt” stands 7 times in 2 of 9 documents, counted as whole words in any case. "
        "The 1 that have it most often:"
    )


def test_the_documents_that_mention_something_are_named_with_a_citation_each(assistant):
    answer = assistant.ask("Which documents mention Lumen?")
    assert answer.text.startswith("“Lumen” stands 2 times in 2 of 2 documents")
    assert [c.document_id for c in answer.citations] == ["harbour.txt", "notes/market.txt"]
    for c in answer.citations:
        assert assistant.document(c.document_id).text[c.start : c.end] == c.quote
        assert "Lumen" in c.quote


@pytest.mark.parametrize("name", ["harbours", "Harbour"])
def test_what_stands_there_in_the_other_number_only_is_counted_so(assistant, name):
    answer = assistant.ask(f"Which documents mention {name}?")
    assert "arbour” stands" in answer.text


def test_only_the_given_documents_are_counted(assistant):
    answer = assistant.ask("How often is Lumen mentioned?", documents=["harbour.txt"])
    assert answer.text.startswith("“Lumen” stands once in the document")


def test_what_is_mentioned_nowhere_is_refused_as_any_other_question(assistant):
    answer = assistant.ask("Which documents mention xenon?")
    assert answer.refused
    assert "“xenon”" in answer.text
