import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chunk import chunk, split_sentences
from index.types import Block, BlockKind, Extracted


def extracted(text: str, headings: tuple[str, ...] = ()) -> Extracted:
    blocks = []
    for match in re.finditer(r"\S(?:.|\n(?!\n))*", text):
        inner = match.group().rstrip()
        kind = BlockKind.HEADING if inner in headings else BlockKind.PARAGRAPH
        level = 1 + headings.index(inner) if inner in headings else 0
        blocks.append(Block(kind, match.start(), match.start() + len(inner), level))
    return Extracted(text, tuple(blocks))


def count_words(text: str) -> int:
    return len(text.split())


def test_passages_cover_the_text_in_order_without_overlap():
    text = "One two three. Four five six.\n\nSeven eight. Nine ten eleven twelve.\n\nThirteen."
    chunks = chunk(extracted(text), chunk_tokens=6, count_tokens=count_words)
    ends = [0, *(c.end for c in chunks)]
    for previous, c in zip(ends, chunks, strict=False):
        assert c.start >= previous
        assert not text[previous : c.start].strip()
    assert not text[ends[-1] :].strip()
    assert all(count_words(text[c.start : c.end]) <= 6 for c in chunks)


def test_a_sign_that_the_model_has_no_token_for_is_cut_like_a_word():
    text = "One two three.\n\n\ue227\n\nFour five six.\n\n\ue227\n\nSeven eight nine."
    chunks = chunk(
        extracted(text), chunk_tokens=4, count_tokens=lambda t: len(re.findall("[a-z]+", t))
    )
    shown = "".join(text[c.start : c.end] for c in chunks)
    assert shown.replace("\n", "") == text.replace("\n", "")


def test_a_text_that_repeats_itself_keeps_exact_offsets():
    text = "\n\n".join(["Same words here. Again the same."] * 20)
    chunks = chunk(extracted(text), chunk_tokens=7, count_tokens=count_words)
    assert [c.start for c in chunks] == [i * 34 for i in range(20)]


def test_every_sentence_lies_in_its_passage():
    text = "A first one. A second one, longer than that.\n\nA third."
    for c in chunk(extracted(text), chunk_tokens=5, count_tokens=count_words):
        assert c.sentences
        for s in c.sentences:
            assert c.start <= s.start < s.end <= c.end
            assert text[s.start : s.end] == text[s.start : s.end].strip()


def test_headings_above_a_passage_are_known():
    text = "Title\n\nIntro words.\n\nPart\n\nBody words."
    chunks = chunk(
        extracted(text, headings=("Title", "Part")), chunk_tokens=50, count_tokens=count_words
    )
    assert [(c.heading, text[c.start : c.end]) for c in chunks] == [
        ("Title", "Title\n\nIntro words."),
        ("Title › Part", "Part\n\nBody words."),
    ]


def test_no_text_gives_no_passages():
    assert chunk(Extracted("", ()), chunk_tokens=5, count_tokens=count_words) == []


@pytest.mark.parametrize(
    "text",
    [
        "He sent a plan (it was rejected at once.)| On the same day he left.",
        "It is slow.| (Many are.)| (Most, I mean!)| Some are not.",
        "He hunts game (bobcat, coyote, etc.) with dogs.",
        "He sold it (to Acme Inc.) for a song.",
    ],
)
def test_a_sentence_in_brackets_ends_at_the_bracket(text):
    plain = text.replace("|", "")
    assert [plain[a:b] for a, b in split_sentences(plain)] == text.split("| ")


def test_abbreviations_do_not_end_a_sentence():
    text = "Andrew R. Novo met Mr. Draghi. They talked."
    assert [text[a:b] for a, b in split_sentences(text)] == [
        "Andrew R. Novo met Mr. Draghi.",
        "They talked.",
    ]


def table(rows: list[str], kind: BlockKind) -> Extracted:
    text, blocks = "", []
    for row in rows:
        blocks.append(Block(kind, len(text), len(text) + len(row)))
        text += row + "\n"
    if kind is BlockKind.CODE:
        blocks = [Block(kind, 0, len(text) - 1)]
    return Extracted(text, tuple(blocks))


@pytest.mark.parametrize("kind", [BlockKind.TABLE_ROW, BlockKind.CODE])
def test_a_table_and_a_listing_are_cut_between_rows_and_not_at_a_comma_in_a_number(kind):
    rows = [f"Item {n}. sold | $ {n},{n}00,000 | Inc. {n}" for n in range(1, 30)]
    document = table(rows, kind)
    chunks = chunk(document, chunk_tokens=20, count_tokens=lambda text: len(text) // 4)
    assert len(chunks) > 5
    for c in chunks:
        assert set(document.text[c.start : c.end].split("\n")) <= set(rows)


def test_a_row_longer_than_a_passage_is_cut_and_its_neighbours_are_not():
    rows = ["short | 1", "long " * 40 + "| 2", "long " * 40 + "| 2", "short | 3"]
    document = table(rows, BlockKind.TABLE_ROW)
    chunks = chunk(document, chunk_tokens=12, count_tokens=count_words)
    texts = [document.text[c.start : c.end] for c in chunks]
    assert texts[0].startswith("short | 1")
    assert texts[-1] == "short | 3" or texts[-1].endswith("\nshort | 3")
    assert "".join("".join(texts).split()) == "".join(document.text.split())


@given(st.text(alphabet="ab .\n?!é“”\u00a0", max_size=300), st.integers(2, 20))
def test_offsets_hold_for_any_text(text, tokens):
    chunks = chunk(extracted(text), chunk_tokens=tokens, count_tokens=count_words)
    joined = "".join("".join(text[c.start : c.end].split()) for c in chunks)
    assert joined == "".join(text.split())
