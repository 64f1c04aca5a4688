"""Words near others in meaning, opposites and negations, for near misses. English."""

import random
import re

import numpy as np
from tokenizers import Tokenizer

from assistant.wording.words import STOP_WORDS
from index.vectors import FloatMatrix, unit

OPPOSITES = """
first/last largest/smallest biggest/smallest highest/lowest oldest/youngest oldest/newest
earliest/latest most/least more/less more/fewer before/after above/below inside/outside
north/south east/west northern/southern eastern/western increase/decrease increased/decreased
rise/fall rose/fell won/lost win/lose victory/defeat gained/lost gain/lose begin/end began/ended
start/end started/ended start/stop started/stopped early/late earlier/later major/minor
maximum/minimum majority/minority long/short longest/shortest longer/shorter high/low
higher/lower upper/lower large/small larger/smaller old/new older/newer modern/ancient good/bad
better/worse best/worst positive/negative advantage/disadvantage advantages/disadvantages
strong/weak stronger/weaker strongest/weakest fast/slow faster/slower rich/poor male/female
men/women man/woman father/mother son/daughter brother/sister king/queen husband/wife
allow/forbid allowed/forbidden allows/forbids accept/reject accepted/rejected agree/disagree
agreed/disagreed support/oppose supported/opposed supports/opposes include/exclude
included/excluded includes/excludes create/destroy created/destroyed build/demolish
built/demolished enter/leave entered/left arrive/depart arrived/departed buy/sell bought/sold
import/export imported/exported imports/exports teach/learn open/close opened/closed
ally/enemy allies/enemies friend/enemy friends/enemies cause/prevent caused/prevented
success/failure successful/unsuccessful succeed/fail succeeded/failed add/remove
added/removed raise/lower raised/lowered public/private legal/illegal known/unknown
common/rare always/never hot/cold warm/cool warmer/cooler summer/winter day/night
offense/defense attack/defend attacked/defended beginning/end top/bottom front/back left/right
internal/external domestic/foreign rural/urban light/dark heavy/light wet/dry hard/soft
expensive/cheap simple/complex single/multiple absent/present appointed/dismissed hired/fired
joined/left founded/dissolved established/abolished encouraged/discouraged likely/unlikely
popular/unpopular employed/unemployed dependent/independent direct/indirect
""".split()

_NEGATIONS = {
    "was": "wasn't",
    "were": "weren't",
    "is": "isn't",
    "are": "aren't",
    "did": "didn't",
    "does": "doesn't",
    "do": "don't",
    "has": "hasn't",
    "had": "hadn't",
    "have": "haven't",
    "can": "can't",
    "could": "couldn't",
    "would": "wouldn't",
    "will": "won't",
}
NEAR_FROM, NEAR_TO = 4, 30
"""Ranks of the neighbours that are used: the nearest are often the same word in another form."""
SAME_STEM = 4
"""Words that begin with this many equal letters are taken for forms of one word."""


class NearWords:
    """Words of the tokenizer's vocabulary by nearness of their embeddings."""

    def __init__(self, tokenizer: Tokenizer, embeddings: FloatMatrix) -> None:
        """``embeddings``: (vocabulary, width), row by token id."""
        known = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
        chosen = [(w, i) for w, i in known if re.fullmatch("[a-z]{4,}", w) and w not in STOP_WORDS]
        self._words = [w for w, _ in chosen]
        self._row = {w: row for row, w in enumerate(self._words)}
        vectors = embeddings[[i for _, i in chosen]].astype(np.float32)
        self._vectors = unit(vectors - vectors.mean(axis=0))
        self._cache: dict[str, list[str]] = {}

    def of(self, word: str) -> list[str]:
        """Some of the nearest words that are not forms of ``word``; none for an unknown word."""
        if word not in self._row:
            return []
        if word not in self._cache:
            cosines = self._vectors @ self._vectors[self._row[word]]
            best = np.argsort(-cosines)[NEAR_FROM:NEAR_TO]
            near = [self._words[int(i)] for i in best]
            self._cache[word] = [w for w in near if w[:SAME_STEM] != word[:SAME_STEM]]
        return self._cache[word]


def opposite(text: str, dice: random.Random) -> str | None:
    """``text`` with one word turned into its opposite; None where it has none."""
    pairs = [pair.split("/") for pair in OPPOSITES]
    both = [(a, b) for a, b in pairs] + [(b, a) for a, b in pairs]
    there = [(a, b) for a, b in both if re.search(rf"\b{a}\b", text)]
    if not there:
        return None
    old, new = dice.choice(there)
    return re.sub(rf"\b{old}\b", new, text, count=1)


def negated(text: str) -> str | None:
    """``text`` with its first auxiliary verb negated; None where it has none."""
    found = re.search(rf"\b({'|'.join(_NEGATIONS)})\b(?! not)", text)
    if not found:
        return None
    return text[: found.start()] + _NEGATIONS[found.group()] + text[found.end() :]
