"""The verdict on a written sentence, and what it rests on."""

import pytest

from assistant.support.check import Checker
from assistant.types import Verdict
from index.chunk import split_sentences
from index.lexical import Terms
from index.types import Hit, Passage, Sentence

TEXTS = (
    "The harbour of Lumen was built in 1887 by Clara Voss. It has 14 cranes. On Sundays no ship "
    "may enter the harbour. The town planned to sell it to Norway.",
    "Mayor Otto Brandt met Clara Voss in Paris. He is 61 years old and tired of Italian politics. "
    "He did not ultimately travel to London with the Queen.",
    "“The sea belongs to nobody,” the mayor said to Anna Lind. France beat Germany in the final. "
    "Lumen must dig deeper or the harbour will lose its ships.",
)
TERMS = Terms()


def sentences():
    found = []
    for number, text in enumerate(TEXTS, start=1):
        hit = Hit(
            Passage(number, f"{number}.txt", f"{number}.txt", 0, len(text), text), 1.0, number
        )
        for start, end in split_sentences(text):
            stems = frozenset(TERMS(text[start:end]))
            found.append(Sentence(hit, start, end, text[start:end], 0.0, stems))
    return found


LONG = (
    "The ban on oil made exceptions for Hungary and Slovakia. The plan was rejected at once. "
    "There is no indication as to whether the new deal includes films. Shortly after, Britain "
    "followed, floating the pound. The other rich nations followed suit with their currencies. "
    "His essay rejected compulsory confession and encouraged private confession. Rome has the "
    "second largest station of the country by trains; Milan has the busiest single platform in "
    "Europe; Turin has none. (It was refused at once.) On the same day Norway approved a loan. "
    "The court declared that the decision had no bearing on his claim, which was questionable. "
    "An occupation would result in the total alienation of the islands. The hall was used almost "
    "exclusively for fairs. It is about someone who helped me a lot. The header of a packet can "
    "be small. Jo is there when he is bitten by the spider and it gives him powers. A Norman named "
    "Oursel led a force of Franks into the valley. The claims were put before a commission, which "
    "reached no decision. The ferry line laid one of the first cables in the north in 1999. The "
    "war in the late sixties made many leave. It is less costly to protect a house before a flood "
    "than after it. "
    "It was open, and they built Momus, the first cabaret, and Leo’s theatre Melodram. "
    "Does the library have a copy machine? There was an agreement that they were not to serve "
    "again. Packet switching contrasts with another way, circuit switching, a method which sets "
    "bandwidth aside for each session. The board, which was rebuilt, sits in a house of stone. "
    "They spread a reading of Islam, known as Sufism, through the al-Hara fund. A debate is held "
    "at noon, which lasts for 45 minutes. "
    "The boat costs 12 euros for adults, 8 euros for children. Revenue was 4 million euros in 2019 "
    "and 9 million euros in 2021. The board met on 3 May 2021 and approved twelve new posts. All "
    "members except Tom voted for it. The board rejected the merger because costs were high. "
    "Clara Lind sold the mill to Otto Brandt. "
    "Ida is a woman who swims. A piece of paper was found. "
    "The envoy met members of the two largest parties in the Norwegian parliament. "
    "YES. It helps to answer questions about the sea."
)


def long_finding(text):
    hit = Hit(Passage(1, "l.txt", "l.txt", 0, len(LONG), LONG), 1.0, 1)
    found = [
        Sentence(hit, start, end, LONG[start:end], 0.0, frozenset(TERMS(LONG[start:end])))
        for start, end in split_sentences(LONG)
    ]
    return Checker(found, TERMS).check(text)


@pytest.mark.parametrize(
    "text",
    [
        "The exception from the oil ban was made by Hungary.",
        "The plan was rejected because of the ban on oil.",
        "The plan was rejected due to the ban.",
        "The new deal includes films.",
        "The other rich nations followed, floating the pound.",
        "His essay rejected compulsory confession and private confession.",
        "He also rejected confession and private confession.",
        "The second largest station is Milan, which has the busiest single platform.",
        "The court declared that the decision had no bearing, since the new deal was questionable.",
        "The ban on oil",
        "An occupation alienates the islands.",
        "The hall was used exclusively for fairs.",
        "Exceptions for Hungary are making.",
        "It is about someone who helped you a lot.",
        "The header of a packet is small.",
        "The header of a packet can be a small packet.",
        "Jo is there when she is bitten by the spider.",
        "The Franks led a Norman force.",
        "The commission reached a decision, but it reached no decision.",
        "The ferry line laid one of the first in 1999.",
        "The war in the late",
        "It is more costly to protect a house before a flood than after it.",
        "Yes.",
        "The boat costs 8 euros for adults.",
        "For adults the boat costs 8 euros.",
        "Revenue in 2019 was 9 million euros.",
        "The board met on 12 May 2021.",
        "Tom voted for it.",
        "All members voted for it.",
        "Costs were high because the board rejected the merger.",
        "Otto Brandt sold the mill.",
        "The agreement said: 'they were to serve again'.",
        "The exhibition hall was secretly used almost exclusively for fairs.",
        "The reading of al-Hara is known as Sufism.",
        "A debate is held at 45 minutes.",
        "1.",
        "The library has a copy machine.",
        "The agreement did not do anything.",
        "Packet switching sets bandwidth aside for each session.",
        "The first cabaret was Leo's theatre Melodram.",
        "The answer to questions about the sea is:",
        "He is also a member of the Norwegian parliament.",
        "Their essay rejected compulsory confession.",
        "Other rich nations give up their currencies.",
    ],
)
def test_words_of_a_text_put_together_anew_are_not_supported(text):
    """Each of a kind that a real model of 135M parameters wrote, and that once was shown."""
    found = long_finding(text)
    assert found.verdict is not Verdict.SUPPORTED
    assert found.missing or found.left_out or found.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    "text",
    [
        "The ban made exceptions for Hungary and Slovakia.",
        "Milan has the busiest single platform in Europe.",
        "On the same day Norway approved a loan.",
        "The header can be small.",
        "The board was rebuilt.",
        "They were not again to serve.",
        "Ida swims.",
        "The piece of paper was found.",
        "The boat costs 8 euros for children.",
        "In 2021 revenue was 9 million euros.",
        "The board approved twelve new posts.",
        "The board rejected the merger because costs were high.",
        "The mill was sold to Otto Brandt.",
        "A reading of Islam is known as Sufism.",
        "They were not to serve again.",
        "Oursel led a force of Franks.",
        "Into the valley a Norman led Franks.",
        "The ferry line laid one of the first cables in 1999.",
        "The commission reached no decision.",
        "The envoy met members of the largest parties.",
        "Their reading of Islam is known as Sufism.",
    ],
)
def test_what_stands_together_is_supported(text):
    assert long_finding(text).verdict is Verdict.SUPPORTED, long_finding(text)


def finding(text, cited=(), judge=None):
    return Checker(sentences(), TERMS, judge).check(text, cited)


@pytest.mark.parametrize("sentence", sentences(), ids=lambda s: s.text[:30])
def test_every_verbatim_sentence_is_supported_by_itself(sentence):
    found = finding(sentence.text)
    assert found.verdict is Verdict.SUPPORTED
    assert [s.text for s in found.support] == [sentence.text]


@pytest.mark.parametrize(
    ("text", "rests_on"),
    [
        ("The author writes that Clara Voss built the harbour of Lumen in 1887.", "The harbour"),
        ("According to the document, it has fourteen cranes.", "It has 14"),
        ("In 1887 the Lumen harbour was built by Clara Voss, the article says.", "The harbour"),
        ("Otto Brandt is 61 years old.", "He is 61"),
        ("He did not travel to London.", "He did not"),
        ("France beat Germany.", "France beat"),
    ],
)
def test_what_the_documents_say_in_other_words_is_supported(text, rests_on):
    found = finding(text)
    assert found.verdict is Verdict.SUPPORTED, found
    assert found.support[0].text.startswith(rests_on)
    assert found.missing == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("The harbour of Lumen was built in 1897 by Clara Voss.", "1897"),
        ("The harbour of Lumen was built in 1887 by Clara Lind.", "Lind"),
        ("The harbour of Lumen was built in 1887 by Otto Brandt.", "Otto"),
        ("Clara Voss is 61 years old.", "Clara"),
        ("Otto Brandt is 61 months old.", "61"),
        ("He travelled to London with the Queen.", "not"),
        ("The town sells it to Norway.", "planned"),
        ("It does not have 14 cranes.", "not"),
        ("The harbour will lose its ships.", "or"),
        ("The article discusses Clara Voss, who built the harbour of Lumen.", "article"),
        ("Germany beat France in the final.", "Germany … France"),
        ("The mayor said “the sea belongs to Norway” to Anna Lind.", "the sea belongs to Norway"),
        ("It has 14 cranes, see http://evil.example/x.", "http://evil.example/x"),
    ],
)
def test_a_wrong_detail_is_never_supported_and_is_named(text, missing):
    found = finding(text)
    assert found.verdict is not Verdict.SUPPORTED
    assert missing in (*found.missing, *found.left_out)
    assert not set(found.left_out) & set(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Bob dug a tunnel of cheese.",
        "I think that the harbour is nice.",
        "Is the harbour of Lumen built in 1887?",
        "The passage contains a list of passages.",
        "The sky is blue because of Rayleigh scattering.",
        "The harbour of Lumen and the harbour of Lumen and the harbour of Lumen and the harbour.",
    ],
)
def test_what_they_do_not_say_is_unsupported_and_rests_on_nothing(text):
    found = finding(text)
    assert found.verdict is Verdict.UNSUPPORTED
    assert found.support == ()


def test_of_equal_sentences_the_cited_passage_is_preferred():
    text = "Ships carry salt."
    hits = [Hit(Passage(n, f"{n}", f"{n}", 0, len(text), text), 1.0, n) for n in (1, 2)]
    both = [Sentence(h, 0, len(text), text, 0.0, frozenset(TERMS(text))) for h in hits]
    checker = Checker(both, TERMS)
    assert checker.check("The ships do carry salt.", {2}).support[0].hit.passage.id == 2
    assert checker.check("The ships do carry salt.").support[0].hit.passage.id == 1


@pytest.mark.parametrize(
    ("question", "piece", "verdict"),
    [
        ("Who built the harbour of Lumen?", "Clara Voss", Verdict.SUPPORTED),
        ("Who built the harbour of Lumen?", "built by Clara Voss in 1887", Verdict.SUPPORTED),
        ("Which towns have a museum?", "Mayor Otto Brandt", Verdict.PARTLY),
        ("Which towns have a museum?", "his meeting with Clara Voss in Paris", Verdict.PARTLY),
        ("What did Clara Voss build in Lumen?", "Clara Voss", Verdict.PARTLY),
        ("Which towns have a museum?", "He met Clara Voss in Paris.", Verdict.SUPPORTED),
        ("", "Mayor Otto Brandt", Verdict.SUPPORTED),
    ],
)
def test_what_is_no_sentence_must_rest_on_what_speaks_of_the_question(question, piece, verdict):
    checker = Checker(sentences(), TERMS, question=question)
    assert checker.check(piece).verdict is verdict


class Judge:
    """Always of one opinion."""

    def __init__(self, chance):
        self.chance = chance
        self.asked = []

    def support(self, passages, sentences):
        self.asked += sentences
        return [self.chance] * len(sentences)


def test_a_judge_can_raise_a_paraphrase_and_lower_a_likeness():
    paraphrase = "Clara Voss constructed the port of Lumen in 1887."
    assert finding(paraphrase).verdict is Verdict.PARTLY
    assert finding(paraphrase, judge=Judge(0.95)).verdict is Verdict.SUPPORTED
    likeness = "Clara Voss built the harbour of Lumen in 1887."
    assert finding(likeness, judge=Judge(0.1)).verdict is Verdict.PARTLY


def test_no_judge_lets_a_wrong_number_or_name_pass():
    for text in ("It has 15 cranes.", "Otto Brandt built the harbour of Lumen in 1887."):
        assert finding(text, judge=Judge(1.0)).verdict is not Verdict.SUPPORTED


def test_nothing_found_supports_nothing():
    assert Checker([], TERMS).check("It has 14 cranes.").verdict is Verdict.UNSUPPORTED


def test_a_word_that_is_only_part_of_another_is_left_out():
    found = finding("He travelled to London with the Queen of another notary.")
    assert "not" in found.left_out


def found_in(title, *texts):
    passage = Passage(1, "d", title, 0, 1000, " ".join(texts))
    return [Sentence(Hit(passage, 1.0, 1), 0, len(t), t, 0.9, frozenset(Terms()(t))) for t in texts]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Italy", "Italy is a republic in Europe."),
        ("Parking", "Parking costs 5 euros a day."),
        ("plan.txt", "Draghi was the author of the reform plan."),
        ("plan.txt", "He sent Berlin the report yesterday."),
        ("plan.txt", "It was the report that ended his career."),
    ],
)
def test_a_title_or_the_word_for_a_text_is_part_of_a_sentence(title, text):
    assert Checker(found_in(title, text), Terms()).check(text).verdict is Verdict.SUPPORTED


def test_the_title_of_another_document_does_not_stand_for_a_name():
    sentences = [*found_in("Hungary", "In 1990 Hungary left the alliance.")]
    sentences += found_in("Italy", "Rome is the capital.")
    finding = Checker(sentences, Terms()).check("In 1990 Italy left the alliance.")
    assert finding.verdict is not Verdict.SUPPORTED
    assert "Italy" in finding.missing


@pytest.mark.parametrize(
    "frame",
    [
        "According to Italy, {}.",
        "According to “Italy”, {}.",
        "In “Italy”, {}.",
        "In the article, {}.",
        "As the author writes, {}.",
        "The report says that {}.",
        "{}, according to Italy.",
    ],
)
def test_who_says_so_is_not_what_is_said(frame):
    said = "the pier at Lumen is made of oak"
    finding = Checker(found_in("Italy", f"{said}.".capitalize()), Terms()).check(frame.format(said))
    assert finding.verdict is Verdict.SUPPORTED
