from hypothesis import given
from hypothesis import strategies as st

from eval.match import Evidence, Stretch, covered, locate, matched, overlap

TEXT = "One two three. Four five six. One two three."


def evidence_at(start: int, end: int, document_id: str = "a") -> Evidence:
    return Evidence("x" * (end - start), ((document_id, start, end),))


def stretch(start: int, end: int, document_id: str = "a") -> Stretch:
    return Stretch(document_id, start, end, "?" * (end - start))


def test_evidence_is_located_at_every_place_in_every_document() -> None:
    found = locate("One two three.", [("a", TEXT), ("b", "One two three.")])
    assert found.places == (("a", 0, 14), ("a", 30, 44), ("b", 0, 14))


def test_evidence_that_differs_in_white_space_only_is_located() -> None:
    assert locate("Four five six.", [("a", "x Four\n  five\tsix.")]).places == (("a", 2, 18),)


def test_white_space_is_only_forgiven_when_the_evidence_is_nowhere_verbatim() -> None:
    found = locate("a b", [("a", "a\nb a b")])
    assert found.places == (("a", 4, 7),)


def test_evidence_copied_from_markdown_is_located() -> None:
    found = locate("**Glide**: 64 *marks* a month", [("a", "x Glide: 64 marks a month.")])
    assert found.places == (("a", 2, 25),)
    assert locate("it's “new” here", [("a", "It is. So it’s 'new' here")]).places == (
        ("a", 10, 25),
    )


def test_signs_are_only_forgiven_between_several_words() -> None:
    assert locate("1.5", [("a", "from 1 to 5, or 1-5")]).places == ()
    assert locate("one two three", [("a", "one twofold three, done-two-three")]).places == ()


def test_what_stands_nowhere_and_what_is_blank_has_no_place() -> None:
    assert locate("seven", [("a", TEXT)]).places == ()
    assert locate("  ", [("a", TEXT)]).places == ()


def test_special_characters_of_patterns_are_plain_text() -> None:
    assert locate("(a+ b)*", [("a", "see (a+\nb)*")]).places == (("a", 4, 11),)


def test_half_of_the_shorter_text_must_be_common() -> None:
    evidence = [evidence_at(100, 140)]
    assert matched(stretch(0, 120), evidence) == (1,)  # 20 of 40
    assert matched(stretch(0, 119), evidence) == ()  # 19 of 40
    assert matched(stretch(110, 120), evidence) == (1,)  # the stretch is the shorter
    assert matched(stretch(96, 104), evidence) == (1,)  # 4 of 8
    assert matched(stretch(96, 103), evidence) == ()  # 3 of 7


def test_the_same_offsets_in_another_document_do_not_match() -> None:
    assert matched(stretch(100, 140, "b"), [evidence_at(100, 140)]) == ()


def test_all_matching_evidence_is_named_by_number() -> None:
    evidence = [evidence_at(0, 10), evidence_at(50, 60), evidence_at(90, 95)]
    assert matched(stretch(0, 60), evidence) == (1, 2)


def test_the_best_place_of_several_is_taken() -> None:
    evidence = Evidence("x" * 10, (("a", 0, 10), ("a", 20, 30)))
    found = overlap(stretch(8, 28), evidence)
    assert found is not None
    assert (found.in_stretch, found.in_evidence) == ((12, 20), (0, 8))


def test_a_copy_in_another_document_matches_word_for_word() -> None:
    sentence = "The city's garrison resisted until February 1082."
    evidence = Evidence(sentence, (("a", 5, 5 + len(sentence)),))
    copy = Stretch("b", 0, 60, f"Here: {sentence} More.")
    found = overlap(copy, evidence)
    assert found is not None
    assert found.matches
    assert found.in_stretch == (6, 6 + len(sentence))
    assert found.in_evidence == (0, len(sentence))


def test_a_short_evidence_proves_nothing_in_another_document() -> None:
    evidence = Evidence("France", (("a", 5, 11),))
    assert overlap(Stretch("b", 0, 20, "He lives in France."), evidence) is None


def test_a_short_quote_proves_nothing_about_a_long_evidence_elsewhere() -> None:
    evidence = Evidence("It was built in 1820 by Ada Stone, in spring.", (("a", 0, 45),))
    assert overlap(Stretch("b", 0, 4, "1820"), evidence) is None


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10)), max_size=8))
def test_covered_counts_every_character_once(ranges: list[tuple[int, int]]) -> None:
    spans = [(start, start + length) for start, length in ranges]
    assert covered(spans) == len({at for start, end in spans for at in range(start, end)})


@given(st.text("ab c.\n", max_size=40), st.integers(0, 40), st.integers(1, 20))
def test_every_slice_of_a_document_is_located_where_it_is(text: str, start: int, size: int) -> None:
    piece = text[start : start + size]
    places = locate(piece, [("a", text)]).places
    assert all(text[low:high] == piece for _, low, high in places)
    assert bool(places) == bool(piece.strip())
