import json
from dataclasses import replace
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from index.types import Block, BlockKind
from tests.fakes_ui import FakeAssistant, make_document
from ui import chat
from ui.export import export_file

AGE = "How old is Draghi?"


def conversation(engine, question=AGE):
    return [*chat.reply(engine, chat.begin([], question, 4000))][-1]


class Drawn(HTMLParser):
    """The text that a reader sees of Markdown, its spaces made one, and the tags that draw it."""

    def __init__(self, markdown: str) -> None:
        super().__init__()
        self.text: str = ""
        self.tags: list[str] = []
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.text += data


def test_json_says_what_was_refused():
    engine = FakeAssistant()
    (exchange,) = json.loads(export_file(engine, conversation(engine, "Xenon?"), "json")["text"])
    assert exchange["refused"]
    assert exchange["citations"] == []


def test_json_holds_exact_citations():
    engine = FakeAssistant()
    file = export_file(engine, conversation(engine), "json")
    (exchange,) = json.loads(file["text"])
    (citation,) = exchange["citations"]
    text = engine.document(citation["document_id"]).text
    assert (file["name"], file["type"]) == ("conversation.json", "application/json")
    assert exchange["question"] == AGE
    assert exchange["answer"] == engine.ask(AGE).text
    assert not exchange["refused"]
    assert citation["number"] == 1
    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_markdown_has_the_question_the_answer_and_its_sources():
    engine = FakeAssistant()
    file = export_file(engine, conversation(engine), "markdown")
    heading, answer, sources = file["text"].strip().split("\n\n")
    quote = engine.ask(AGE).citations[0].quote
    assert heading == f"## {AGE}"
    assert answer == f"{quote} [1]"
    assert sources.startswith("[1] 000&#95;")
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


def test_markdown_is_escaped_and_reads_the_same_when_it_is_drawn():
    hostile = (
        "<script>a()</script> <img src=http://x.example/1> ![img](http://x.example/2) *a* b_c_d "
        '[3](http://x.example/3) [4]: http://x.example/4 7:40 "so": `c` <http://x.example/5>'
    )
    text = f"Before.\n\n{hostile}\n[5]: http://x.example/6\n# no heading\n2. no list\n---"
    script = {hostile: ("a()",), AGE: ("no heading",)}
    engine = FakeAssistant([make_document("a_b*.txt", "T", text)], script=script)
    for question in (hostile, AGE):
        file = export_file(engine, conversation(engine, question), "markdown")
        drawn = Drawn(file["text"])
        quote = engine.ask(question).citations[0].quote
        assert not set(drawn.tags) - {"h2", "p", "br", "strong", "em"}
        assert drawn.text.count(" ".join(quote.split())) >= 2  # in the answer, and as its source
        assert "a_b*.txt, characters" in drawn.text
    assert "7:40" in export_file(engine, conversation(engine, hostile), "markdown")["text"]


def test_markdown_keeps_the_bullets_of_an_answer():
    engine = FakeAssistant()
    messages = [*conversation(engine)[:1], {"role": "assistant", "content": "- one\n- two"}]
    assert export_file(engine, messages, "markdown")["text"].endswith("- one\n- two\n")


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
