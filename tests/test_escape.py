import html
import time

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ui.escape import escape_html, escape_markdown, one_line, unescape_markdown, visible

HOSTILE = [
    "![x](http://sink.example/a.png)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "```mermaid\ngraph TD; A[<img src=x>]\n```",
    "    indented code",
    "# heading",
    "> quote",
    "- item",
    "1. item",
    "* item",
    "+ item",
    "a\n===",
    "a\n---",
    "| a | b |\n|---|---|\n| c | d |",
    "~~gone~~ **bold** _emphasis_ `code`",
    "http://example.org www.example.org a@example.org",
    "<http://example.org>",
    "&lt;b&gt; &amp; &#60;",
    "$$x^2$$ \\(x\\)",
    "[ref]: http://example.org\n[ref]",
    "${alert(1)} {{alert(1)}}",
]


def rendered_text(markdown: str) -> str:
    """What a reader sees of Markdown, and a failure where it is more than paragraphs of text."""
    parser = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    shown = []
    for token in parser.parse(markdown):
        assert token.type in {"paragraph_open", "paragraph_close", "inline"}, token
        for child in token.children or []:
            kinds = {"text", "softbreak", "text_special"}
            assert child.type in kinds, child
            shown.append("\n" if child.type == "softbreak" else child.content)
    return "".join(shown)


def test_hostile_text_is_shown_as_it_is_and_nothing_in_it_is_alive():
    for text in HOSTILE:
        assert rendered_text(escape_markdown(text)).split() == text.split()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_escaped_markdown_gives_its_text_back(text):
    plain = "\n".join(line.lstrip(" \t") for line in visible(text).split("\n"))
    assert unescape_markdown(escape_markdown(text)) == plain


@given(st.text())
def test_any_text_is_inert_as_markdown(text):
    rendered_text(escape_markdown(text))


def test_blank_lines_are_escaped_as_quickly_as_others():
    for text in ("a" + "\n" * 30_000 + "b", "\n \u00a0" * 15_000 + "1", "\u00a0" * 30_000):
        begun = time.process_time()
        escape_markdown(text)
        assert time.process_time() - begun < 5  # Ten milliseconds; minutes when it is quadratic.
    assert unescape_markdown(escape_markdown("\n\n\u00a0- a\n\n1. b")) == "\n\n\u00a0- a\n\n1. b"


def test_control_characters_and_direction_overrides_are_left_out():
    assert visible("a\x00b\x1b[31mc\u202ed\r\ne\tf") == "ab[31mcd\ne\tf"


def test_html_is_escaped_for_content_and_for_attributes():
    assert escape_html("<b a=\"1\" c='2'>&") == "&lt;b a=&quot;1&quot; c=&#x27;2&#x27;&gt;&amp;"
    assert html.unescape(escape_html("${x} {{y}} `z`")) == "${x} {{y}} `z`"


def test_a_label_is_one_line_cut_at_a_word():
    assert one_line("  one\n two   three ", 100) == "one two three"
    assert one_line("one two, three", 10) == "one two…"
