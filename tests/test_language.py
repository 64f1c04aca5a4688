"""Other languages than English: told apart, said, and read by the rules of the one that is set."""

import pytest

from assistant import Assistant, Settings
from assistant.wording.words import looks_english
from index.chunk import split_sentences
from index.errors import SettingsError
from index.language import NAMES, STEMMED, foreign, language_of
from index.lexical import Terms
from index.settings import IndexSettings
from tests.fakes import UNREAD, HashEmbedder

GERMAN = (
    "Das Parlament wurde im Jahr 1949 gegründet. Es tagt in einem alten Haus am Fluss. "
    "Die Häuser daneben gehören der Stadt, die sie an Vereine vermietet.\n"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wann wurde das Parlament gegründet?", "de"),
        ("Combien de passagers ont voyagé cette année ?", "fr"),
        ("¿Cuántos años tiene el presidente?", "es"),
        ("ドラギは何歳ですか", "ja"),
        ("Сколько людей живёт в этом городе сегодня?", "ru"),
        ("How many people live in this town?", "en"),
        ("Draghi?", None),
        ("", None),
    ],
)
def test_a_language_is_told_where_it_is_sure(text, code):
    assert language_of(text) == code


def test_english_and_what_cannot_be_told_need_no_notice():
    assert foreign("How many people live in this town?") is None
    assert foreign("1949") is None
    assert "German" in foreign(GERMAN)


def test_questions_in_english_are_not_even_looked_at():
    assert looks_english("How old is he?")
    assert not looks_english("Wann wurde das Parlament gegründet?")


def test_every_language_that_is_told_apart_has_terms_and_stems_where_there_are_any():
    assert all(Terms(code)("Haus 1949") for code in NAMES)
    assert Terms("de")("Häuser") == Terms("de")("Haus")
    assert Terms("en")("Häuser") != Terms("en")("Haus")
    assert "ja" not in STEMMED


def test_sentences_end_by_the_rules_of_the_language():
    text = "Er wohnt in der Nähe, z. B. am Markt. Dort ist es ruhig."
    assert len(split_sentences(text, "de")) == 2


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match=r"'klingon'.*de, .*en"):
        IndexSettings(language="klingon")


def test_a_german_document_and_question_are_answered_with_a_word_of_warning(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "parlament.txt").write_text(GERMAN)
    with_packaged = Assistant.from_folder(
        tmp_path / "d", index_dir=tmp_path / "index", settings=UNREAD
    )
    [document] = with_packaged.documents()
    assert "German" in document.notices[0]
    answer = with_packaged.ask("Wann wurde das Parlament gegründet?")
    assert "seems to be in German" in answer.notices[0]
    assert with_packaged.ask("When was the parliament founded?").notices == ()
    with_packaged.close()


def test_with_another_model_nothing_is_said_and_the_set_language_is_used(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "parlament.txt").write_text(GERMAN)
    settings = Settings(index=IndexSettings(language="de"), answer=UNREAD.answer)
    assistant = Assistant.from_folder(
        tmp_path / "d",
        index_dir=tmp_path / "index",
        settings=settings,
        embed_model=HashEmbedder(),
    )
    [document] = assistant.documents()
    assert document.notices == ()
    assert assistant.index.terms("Häuser") == assistant.index.terms("Haus")
    assert assistant.search("Häuser")[0].bm25 > 0
    assert assistant.ask("Wann wurde das Parlament gegründet?").notices == ()
    assistant.close()


def test_changing_the_language_reads_the_documents_again_and_renews_the_search_files(tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "parlament.txt").write_text(GERMAN)

    def report(language):
        settings = Settings(index=IndexSettings(language=language), answer=UNREAD.answer)
        assistant = Assistant.open(
            tmp_path / "d",
            index_dir=tmp_path / "index",
            settings=settings,
            embed_model=HashEmbedder(),
        )
        report = assistant.sync()
        hit = assistant.search("Häusern")[0]
        assistant.close()
        return report, hit.bm25

    assert report("en")[0].added == ("parlament.txt",)
    changed, bm25 = report("de")
    assert changed.changed == ("parlament.txt",)
    assert bm25 > 0
    assert report("de")[0].unchanged == ("parlament.txt",)


def test_each_model_has_an_index_of_its_own(tmp_path, monkeypatch):
    from assistant.place import index_directory

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    plain = index_directory(tmp_path, None)
    assert index_directory(tmp_path, None, "some/multilingual") != plain
    assert index_directory(tmp_path, tmp_path.parent / "x", "some/multilingual").name == "x"
