"""Numbers, names, quotations and negation, one by one."""

import pytest

from assistant.wording import claims, quantities


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("74 years old", 74, "year"),
        ("seventy-four days", 74, "day"),
        ("$5 million", 5e6, "dollar"),
        ("2.5 billion euros", 2.5e9, "euro"),
        ("3.5%", 3.5, "percent"),
        ("1,000,000 people", 1e6, ""),
        ("two hundred ships", 200, ""),
        ("the 1990s", 1990, ""),
        ("on June 3rd", 3, ""),
        ("-", None, ""),
    ],
)
def test_a_number_counts_however_it_is_written(text, value, unit):
    found = quantities.numbers(text)
    assert [(n.value, n.unit) for n in found] == ([] if value is None else [(value, unit)])


@pytest.mark.parametrize(
    ("said", "there", "missing"),
    [
        ("four plans", "a 4 point plan", []),
        ("74 months", "74 years", ["74"]),
        ("74 years", "at 74, he", []),
        ("5 and 5", "5 and 6", ["5"]),
        ("1887", "in 1921", ["1887"]),
    ],
)
def test_a_number_must_be_there_with_its_unit_and_as_often(said, there, missing):
    assert (
        quantities.missing_numbers(quantities.numbers(said), quantities.numbers(there)) == missing
    )


def test_names_are_capitalised_words_that_do_not_only_open_the_sentence():
    text = "Countries like France and the EU follow Luigi Di Maio’s plan."
    small = frozenset({"countries"})
    assert claims.names(text, small) == ["France", "EU", "Luigi", "Di", "Maio"]


@pytest.mark.parametrize(
    ("said", "there"),
    [("Italian", "Italy"), ("EU", "the European Union"), ("Ukraine", "Ukrainians")],
)
def test_forms_of_a_name_are_one(said, there):
    assert claims.extra_names([said], there) == []


@pytest.mark.parametrize(
    ("said", "there"), [("Austria", "Australia"), ("Iran", "Iraq"), ("UN", "European Union")]
)
def test_like_names_are_two(said, there):
    assert claims.extra_names([said], there) == [said]


def test_addresses_and_quotations_are_found():
    text = "See https://evil.example/x?y=1. He said “no way” to a@b.org."
    assert claims.addresses(text) == ["https://evil.example/x?y=1", "a@b.org"]
    assert claims.quotations(text) == ["no way"]


def test_what_turns_a_meaning_round_is_found_in_contractions_too():
    assert claims.negators("He didn’t go and never will, without doubt") == [
        "n't",
        "never",
        "without",
    ]
    assert claims.hedges("He planned to go") == ["planned"]
