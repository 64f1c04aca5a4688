import dataclasses
import time

from assistant.types import Answer, CheckedSentence, Citation, Verdict
from index.types import Hit, Passage
from ui.render import (
    answer_markdown,
    answer_text,
    confidence_in_words,
    growing_markdown,
    note_markdown,
    passage_links,
)

SHA = "0123456789abcdef"


def citation(number=1, quote="He is 74.", page=None, document_id="a.txt", title="Title"):
    return Citation(number, document_id, title, 10, 10 + len(quote), quote, page)


def hit(text="Close, but no answer.", rank=1):
    return Hit(Passage(rank, "a.txt", "Title", 5, 5 + len(text), text, page=2), 0.5, rank)


def test_a_marker_becomes_a_link_with_place_version_and_quote():
    answer = Answer("q", "He is 74. [1]", (citation(),))
    expected = 'He is 74.\xa0[[1]](#cite=10-19-0123456789ab-a.txt "“He is 74.”")'
    assert growing_markdown(answer, {"a.txt": SHA}) == expected


def test_a_long_gap_in_an_answer_is_no_long_wait():
    begun = time.process_time()
    assert growing_markdown(Answer("q", "a" + "\n " * 20_000 + "b [1"), {}).endswith("b")
    assert time.process_time() - begun < 5


def test_a_document_without_known_version_gets_a_link_without_one():
    answer = Answer("q", "He is 74.[1]", (citation(),))
    assert "#cite=10-19--a.txt" in growing_markdown(answer, {})


def test_a_marker_without_a_citation_is_left_out():
    answer = Answer("q", "True. [1] False. [7]", (citation(),))
    shown = growing_markdown(answer, {})
    assert shown.count("](#cite=") == 1
    assert shown.endswith("False.")


def test_a_number_in_brackets_inside_a_quote_stays_the_documents_own():
    quote = "As shown in [2], it works."
    answer = Answer("q", f"{quote} [1] More. [2]", (citation(1, quote), citation(2, "More.")))
    shown = growing_markdown(answer, {})
    assert shown.startswith("As shown in &#91;2&#93;, it works.\xa0[[1]](#cite=")
    assert shown.count("](#cite=") == 2


def test_a_quote_is_recognised_when_its_line_breaks_became_spaces():
    answer = Answer("q", "see [2] there [1]", (citation(1, "see [2]\nthere"), citation(2, "x")))
    assert growing_markdown(answer, {}).count("](#cite=") == 1


def test_an_unfinished_marker_is_held_back():
    for text in ("He is 74. [", "He is 74. [1"):
        assert growing_markdown(Answer("q", text, (citation(),)), {}) == "He is 74."


def test_text_titles_quotes_and_notices_are_escaped():
    evil = "<img src=x onerror=a()> ![x](http://sink/) [y](javascript:a())"
    answer = Answer(
        "q", f"{evil} [1]", (citation(quote=evil, title=evil),), notices=(evil,), confidence=0.9
    )
    shown = answer_markdown(answer, {})
    assert "<" not in shown
    assert "![" not in shown
    assert "(javascript:" not in shown.replace("&#58;", ":").replace("&#93;(", "")
    assert shown.count("](") == shown.count("](#cite=") == 2


def test_a_quote_cannot_close_the_tooltip():
    answer = Answer("q", "x [1]", (citation(quote='a" onmouseover="b\nc'),))
    assert '"“a&#34; onmouseover&#61;&#34;b c”")' in growing_markdown(answer, {})


def test_private_use_characters_in_a_document_make_no_chips():
    answer = Answer("q", "a \ue0001\ue001 b [1]", (citation(),))
    assert growing_markdown(answer, {}).count("](#cite=") == 1


def test_bullets_of_the_answer_stay_bullets_and_other_markup_does_not():
    shown = growing_markdown(Answer("q", "Two:\n- one [1]\n- two\n# three", (citation(),)), {})
    assert [line[:8] for line in shown.split("\n")] == [
        "Two&#58;",
        "- one\xa0[[",
        "- two",
        "&#35; th",
    ]


def test_sources_are_listed_by_document_with_pages_and_confidence_in_words():
    answer = Answer(
        "q",
        "A. [1] B. [2] C. [3]",
        (
            citation(1, "A.", page=3),
            citation(2, "B.", document_id="b.txt", title="Other"),
            citation(3, "C.", page=9),
        ),
        confidence=0.9,
    )
    below = answer_markdown(answer, {}).split("---")[1]
    lines = [line for line in below.split("\n") if line]
    assert lines[0] == "### Sources · well supported"
    assert lines[1].startswith("- Title [[1]](#cite=10-12--a.txt")
    assert lines[1].count(" p. 3") == lines[1].count(" p. 9") == 1
    assert lines[2] == '- Other [[2]](#cite=10-12--b.txt "“B.”")'


def test_a_refusal_has_no_chip_and_shows_the_closest_passages_as_such():
    answer = Answer("q", "Not answered.", refused=True, hits=(hit(), hit("Second", 2)))
    shown = answer_markdown(answer, {"a.txt": SHA})
    assert "#cite=" not in shown
    assert "### Closest passages · they do not answer it" in shown
    assert (
        "- [“Close, but no answer.”](#near=5-26-0123456789ab-a.txt "
        '"Show this passage") Title, p. 2' in shown
    )


def test_a_refusal_shows_at_most_three_passages():
    answer = Answer("q", "No.", refused=True, hits=tuple(hit(rank=n) for n in range(1, 9)))
    assert answer_markdown(answer, {}).count("#near=") == 3


def test_an_answer_with_hits_lists_only_what_it_cites():
    answer = Answer("q", "He is 74. [1]", (citation(),), hits=(hit(),))
    assert "#near=" not in answer_markdown(answer, {})


def test_a_greeting_has_nothing_below_it():
    assert answer_markdown(Answer("hi", "Hello!"), {}) == "Hello!"


def test_the_plain_text_comes_back_from_the_markdown():
    text = "He said [2] *twice* [1]\n\n- one [2]\n- two_three\n\nhttp://x/ <b> & co. [1]"
    answer = Answer(
        "q", text, (citation(1, "He said [2] *twice*"), citation(2, "one")), notices=("Note.",)
    )
    assert answer_text(answer_markdown(answer, {"a.txt": SHA})) == text


def test_a_note_is_one_escaped_line():
    assert note_markdown("bad\n<b>") == "> bad &#60;b&#62;"


def test_confidence_is_given_in_words():
    words = [confidence_in_words(chance) for chance in (1.0, 0.8, 0.79, 0.5, 0.2)]
    check = "supported: check the passage"
    assert words == ["well supported", "well supported", check, check, f"weakly {check}"]


def test_the_words_that_answer_are_bold_and_plain_text_has_no_trace_of_it():
    quote = "At 74 years\nold, he is tired."
    shown = "“At 74 years old, he is tired.” [1]"
    cited = Citation(1, "a.txt", "A", 10, 10 + len(quote), quote, None, (13, 21))
    answer = Answer("How old?", shown, (cited,))
    markdown = answer_markdown(answer, {})
    assert markdown.startswith("“At **74 years** old, he is tired.”")
    assert answer_text(markdown) == shown


def test_bold_never_opens_inside_text_that_looks_like_markup():
    quote = "**x** [link](http://x) 5 * 3 is 15"
    start = quote.index("15")
    cited = Citation(1, "a.txt", "A", 0, len(quote), quote, None, (start, start + 2))
    markdown = answer_markdown(Answer("?", f"“{quote}” [1]", (cited,)), {})
    assert markdown.count("**") == 2
    assert "**15**" in markdown


def written(text, *sentences):
    return Answer("q", text, (citation(),), sentences=sentences)


def test_the_mark_of_a_doubtful_sentence_is_set_apart_and_reads_back_as_it_was():
    mark = "(not found in the documents: “*28*”)"
    text = f"He is 74. [1] He has 28 sons. [1] {mark}"
    sentence = CheckedSentence(14, 29, "He has 28 sons.", Verdict.PARTLY, (1,), ("28",), mark)
    shown = growing_markdown(written(text, sentence), {})
    assert shown.endswith(" *(not found in the documents&#58; “&#42;28&#42;”)*")
    assert answer_text(shown) == text


def test_a_mark_of_one_sentence_is_not_taken_from_the_words_of_another():
    mark = "(not supported by the documents)"
    text = f"He said {mark} once. [1] No. {mark}"
    sentence = CheckedSentence(text.index("No."), text.index("No.") + 3, "No.", Verdict.UNSUPPORTED)
    marked = dataclasses.replace(sentence, mark=mark)
    assert growing_markdown(written(text, marked), {}).count("*") == 2
    assert growing_markdown(written(text, marked), {}).endswith(f"No. *{mark}*")


def test_private_characters_in_a_text_cannot_make_a_mark():
    assert "*" not in growing_markdown(Answer("q", "a \ue002b\ue003 c"), {})


def test_an_incomplete_answer_is_never_shown_as_a_whole_one():
    half = Answer("q", "Half an", incomplete=True)
    assert answer_markdown(half, {}) == "Half an\n\n> This answer is incomplete."
    cut = Answer("q", "Half an", incomplete=True, notices=("The model was cut off.",))
    assert answer_markdown(cut, {}) == "Half an\n\n> The model was cut off."


def test_the_links_of_an_answer_and_of_a_refusal_are_found_once_each_and_in_order():
    chip = '[[1]](#cite=0-4-abababababab-a.txt "x")'
    links = passage_links(f'{chip} [“x”](#near=5-9-abababababab-b.txt "y") {chip} #cite=1-2--c.txt')
    assert [(link.kind.value, link.document_id) for link in links] == [
        ("cite", "a.txt"),
        ("near", "b.txt"),
    ]
