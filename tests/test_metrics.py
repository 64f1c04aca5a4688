from math import log2

import pytest

from eval import metrics


def test_hit_at_k_looks_at_the_first_k_hits_only() -> None:
    found = [(), (2,), (1,)]
    assert metrics.hit_at_k(found, 1) == 0
    assert metrics.hit_at_k(found, 2) == 1
    assert metrics.hit_at_k([], 5) == 0


def test_recall_counts_each_piece_of_evidence_once() -> None:
    found = [(1,), (1, 2), (), (3,)]
    assert metrics.recall_at_k(found, evidence=4, k=1) == 1 / 4
    assert metrics.recall_at_k(found, evidence=4, k=2) == 2 / 4
    assert metrics.recall_at_k(found, evidence=4, k=10) == 3 / 4


def test_reciprocal_rank_is_of_the_first_match() -> None:
    assert metrics.reciprocal_rank([(), (), (1,), (2,)]) == 1 / 3
    assert metrics.reciprocal_rank([(), ()]) == 0


def test_ndcg_of_one_piece_falls_with_the_logarithm_of_its_rank() -> None:
    assert metrics.ndcg_at_k([(1,)], evidence=1, k=10) == 1
    assert metrics.ndcg_at_k([(), (1,)], evidence=1, k=10) == pytest.approx(1 / log2(3))
    assert metrics.ndcg_at_k([(), (1,)], evidence=1, k=1) == 0


def test_ndcg_does_not_pay_twice_for_the_same_piece() -> None:
    # Gains 1 at rank 1, 0 at rank 2, 1 at rank 3; ideal 1 at ranks 1 and 2.
    expected = (1 + 1 / log2(4)) / (1 + 1 / log2(3))
    assert metrics.ndcg_at_k([(1,), (1,), (2,)], evidence=2, k=10) == pytest.approx(expected)


def test_ndcg_is_never_above_one_when_one_hit_holds_everything() -> None:
    assert metrics.ndcg_at_k([(1, 2, 3)], evidence=3, k=10) == 1


def test_ndcg_at_k_is_perfect_when_k_hits_are_k_of_more_pieces() -> None:
    assert metrics.ndcg_at_k([(1,), (2,)], evidence=5, k=2) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The  Lega, an ally; a party", ["lega", "ally", "party"]),
        ("Draghi’s “plan” — 3.5%", ["draghis", "plan", "35"]),
        ("Draghi's", ["draghis"]),
        ("theatre another", ["theatre", "another"]),
        ("¿Qué? ｆｕｌｌ ﬁnal", ["qué", "full", "final"]),
        ("a", []),
    ],
)
def test_normalising_drops_case_punctuation_and_articles(text: str, words: list[str]) -> None:
    assert metrics.normalise(text) == words


def test_an_answer_is_found_as_whole_words_in_order() -> None:
    assert metrics.contains_answer("At 74 years old, he is tired.", ["47", "74"]) == 1
    assert metrics.contains_answer("It was in 1828.", ["28"]) == 0
    assert metrics.contains_answer("Maio Luigi Di", ["Luigi Di Maio"]) == 0
    assert metrics.contains_answer("He met the President, Biden.", ["President Biden"]) == 1


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("He ruled 2010–2015.", "2015", 1),
        ("He ruled 2010-2015.", "2010–2015", 1),
        ("Open Monday/Tuesday.", "Tuesday", 1),
        ("It weighs 3.5 kg.", "35", 0),
        ("It weighs 3.5 kg.", "3.5 kg", 1),
        ("It cost 1,250 euros.", "1,250", 1),
        ("It cost 1,250 euros.", "1.250", 0),
        ("In 1936, 35 came.", "35", 1),
        ("The U.S. did.", "US", 1),
    ],
)
def test_words_are_apart_at_dashes_and_slashes_and_numbers_keep_their_point(
    text: str, answer: str, found: int
) -> None:
    assert metrics.contains_answer(text, [answer]) == found


def test_an_answer_that_is_nothing_once_normalised_is_never_found() -> None:
    assert metrics.contains_answer("the a an", ["the", "…"]) == 0


def test_exact_match_needs_the_whole_text() -> None:
    assert metrics.exact_match("The Lega.", ["M5S", "Lega"]) == 1
    assert metrics.exact_match("The Lega party", ["Lega"]) == 0


def test_token_f1_is_the_best_over_the_answers() -> None:
    # "he stayed at home" / "stayed home": 2 common, precision 2/4, recall 2/2.
    assert metrics.token_f1("He stayed at home", ["Moscow", "stayed home"]) == pytest.approx(2 / 3)
    assert metrics.token_f1("He stayed", ["Moscow"]) == 0
    assert metrics.token_f1("He stayed", []) == 0


def test_token_f1_counts_a_repeated_word_as_often_as_both_have_it() -> None:
    # "no no yes" / "no no no": common 2, precision 2/3, recall 2/3.
    assert metrics.token_f1("no no yes", ["no no no"]) == pytest.approx(2 / 3)


def test_token_f1_of_nothing_against_nothing_is_one() -> None:
    assert metrics.token_f1("the", ["a"]) == 1
    assert metrics.token_f1("the", ["word"]) == 0


def test_markers_are_taken_off_with_the_space_before_them() -> None:
    assert metrics.without_markers("He is 74 [1] [22]. Yes[3]") == "He is 74. Yes"


def test_sentences_keep_their_markers_and_ignore_abbreviations() -> None:
    pieces = metrics.sentences("Mr. Draghi is 74. [1] He cost $3.5 million [2].\n\n[3] ")
    assert pieces == ["Mr. Draghi is 74. [1]", "He cost $3.5 million [2]. [3]"]
    assert metrics.sentences("  [1] ") == []


def test_each_quotation_with_its_marker_is_a_sentence() -> None:
    said = "According to A: “He is 74.” [1][2] “Rows | of tables” [3] “And he said: ‘No.’” [4]"
    assert metrics.sentences(said) == [
        "According to A: “He is 74.” [1][2]",
        "“Rows | of tables” [3]",
        "“And he said: ‘No.’” [4]",
    ]


def test_share_with_citation_counts_marked_sentences() -> None:
    assert metrics.share_with_citation(["One [1].", "Two.", "Three. [2]", "Four."]) == 2 / 4
