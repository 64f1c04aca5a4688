"""Which language a text is in, and what each is called. The one user of py3langid."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

NAMES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "ta": "Tamil",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "zh": "Chinese",
}
"""By ISO 639-1 code: those that are told apart. More would only take short texts from these."""
STEMMED = frozenset("ar da de el en es fi fr hu it nl no pt ro ru sv ta tr".split())
"""Those that tantivy has a stemmer for, under their English name."""
SURE = 0.92
"""Of 2,476 English questions of the public sets none was taken for another language above this."""
READ_CHARACTERS = 3000
"""Enough to tell, and the same time for every text."""


def language_of(text: str) -> str | None:
    """The code of the language that ``text`` is in; None where that cannot be told surely.

    >>> language_of("Wann wurde das Parlament gegründet?")
    'de'
    >>> language_of("Draghi?") is None
    True
    """
    code, chance = _identifier().classify(text[:READ_CHARACTERS])
    return str(code) if chance >= SURE else None


def foreign(text: str) -> str | None:
    """What to say of a text that the packaged model does not read well; None for English."""
    code = language_of(text)
    if code in (None, "en"):
        return None
    return (
        f"seems to be in {NAMES[code]}; the packaged model reads English: set index.model to a "
        f"multilingual one and index.language to {code!r}"
    )


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(NAMES))
    return identifier
