import json
from dataclasses import replace

from index.types import Block, BlockKind
from tests.fakes_ui import FakeAssistant, make_document
from ui import chat
from ui.export import export_file

AGE = "How old is Draghi?"


def conversation(engine, question=AGE):
    return [*chat.reply(engine, chat.begin([], question))][-1]


def test_json_holds_exact_citations():
    engine = FakeAssistant()
    file = export_file(engine, conversation(engine), "json")
    (exchange,) = json.loads(file["text"])
    (citation,) = exchange["citations"]
    text = engine.document(citation["document_id"]).text
    assert (file["name"], file["type"]) == ("conversation.json", "application/json")
    assert exchange["question"] == AGE
    assert exchange["answer"] == engine.ask(AGE).text
    assert citation["number"] == 1
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_markdown_has_the_question_the_answer_and_its_sources():
    engine = FakeAssistant()
    file = export_file(engine, conversation(engine), "markdown")
    heading, answer, sources = file["text"].strip().split("\n\n")
    quote = engine.ask(AGE).citations[0].quote
    assert heading == f"## {AGE}"
    assert answer == f"{quote} [1]"
    assert sources.startswith("[1] 000_")
    assert sources.endswith(f": “{quote}”")


def test_the_page_of_a_source_is_named_where_there_are_pages():
    engine = FakeAssistant()
    [document] = engine.documents()
    whole = engine.document(document.id)
    block = Block(BlockKind.PARAGRAPH, 0, len(whole.text), page=3)
    engine.by_id[document.id] = replace(whole, blocks=(block,), pages=9)
    told = conversation(engine)
    assert json.loads(export_file(engine, told, "json")["text"])[0]["citations"][0]["page"] == 3
    assert f"{document.id}, page 3, characters " in export_file(engine, told, "html")["text"]
    engine.by_id[document.id] = whole
    assert ", page" not in export_file(engine, told, "markdown")["text"]


def test_html_is_escaped():
    engine = FakeAssistant()
    text = export_file(engine, conversation(engine, "<script>a()</script>"), "html")["text"]
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "http" not in text


def test_a_document_that_changed_since_is_not_quoted():
    engine = FakeAssistant()
    messages = conversation(engine)
    (document,) = engine.by_id.values()
    engine.by_id = {document.id: make_document(document.id, document.title, "Something else.")}
    assert (
        json.loads(export_file(engine, messages, "json")["text"])[0]["citations"][0]["quote"]
        is None
    )
    engine.by_id = {}
    assert "(no longer available)" in export_file(engine, messages, "markdown")["text"]


def test_an_unknown_format_is_markdown_and_an_empty_conversation_an_empty_file():
    file = export_file(FakeAssistant(), [], "../../etc/passwd")
    assert file == {"name": "conversation.md", "type": "text/markdown", "text": "\n"}
