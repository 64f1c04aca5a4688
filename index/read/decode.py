"""Bytes of a text file to text, without ever losing a character silently.

In order: byte order mark, UTF-16 recognised by its zero bytes, strict UTF-8, the encoding that the
file declares, UTF-8 with a few damaged bytes, charset-normalizer where there is enough text to
tell, Windows-1252. Every step that guesses says so in a notice. Binary data is refused.
"""

import codecs
import re

from index.read.errors import UnreadableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
)
# Legacy encodings still met in the wild, most common first: the order breaks ties.
# fmt: off
_LEGACY = (
    "cp1252", "cp1251", "cp932", "gb18030", "cp1250", "big5", "cp949", "euc_jp", "koi8_r", "cp1253",
    "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_5", "tis_620",
)
# fmt: on
_BINARY_BYTES = bytes(set(range(32)) - {8, 9, 10, 11, 12, 13, 26, 27}) + b"\x7f"
# European, Near Eastern and East Asian text: two thirds of random 16-bit numbers are outside.
_EVERYDAY = re.compile(
    "[\t\n\r -~\xa0-\u06ff\u2010-\u2044\u20ac\u3000-\u9fff\uac00-\ud7a3\uff01-\uffe6]"
)
_ENOUGH_BYTES = 200  # under this charset-normalizer was wrong on short Latin-1 and Cyrillic text
_SAMPLE_BYTES = 1 << 16
_MOST_CHAOS = 0.1


def decode(data: bytes, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of ``data`` and notices on what was guessed.

    ``declared`` is the encoding that the file names for itself, if any; a wrong one is harmless.
    Raises ``UnreadableError`` for binary data.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding)
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableError(f"not a text file: this is {name}")
    if declared and declared.lower().startswith("iso-2022") and (text := _try(data, declared)):
        return text, ()  # Japanese and Korean mail: escape sequences in what looks like ASCII
    controls = _control_codes(data)
    if controls * 33 > len(data) and (text := _unmarked_utf16(data)) is not None:
        return text, ("no byte order mark: read as UTF-16, which is a guess",)
    if controls * 5 <= len(data) and (text := _try(data, "utf-8")) is not None:
        return text, ()
    # Random bytes hold 1 in 10, and zeros; text in an 8-bit or double-byte encoding holds neither.
    if controls * 100 > len(data) or b"\0" in data:
        raise UnreadableError("not a text file: binary data")
    return _legacy(data, declared)


def _marked(data: bytes, encoding: str) -> tuple[str, tuple[str, ...]]:
    text = data.decode(encoding, errors="replace")
    damaged = _damaged(data, encoding)
    if damaged * 20 > len(text):
        raise UnreadableError(f"not a text file: marked as {encoding.upper()}, but is not")
    return text, _damage_notices(damaged, encoding)


def _legacy(data: bytes, declared: str | None) -> tuple[str, tuple[str, ...]]:
    """Text that is not UTF-8: what it says it is, damaged UTF-8, or the best guess."""
    if declared and (text := _try(data, declared)) is not None:
        return text, ()
    damaged = _damaged(data, "utf-8")
    text = data.decode("utf-8", errors="replace")
    intact = len(text) - damaged - len(text.encode("ascii", errors="ignore"))
    if damaged * 3 <= intact:
        return text, _damage_notices(damaged, "utf-8")
    encoding = _guess(data) or "cp1252"
    text = data.decode(encoding, errors="replace")
    notice = f"not UTF-8: read as {_name(encoding)}, which is a guess"
    return text, (notice, *_damage_notices(_damaged(data, encoding), encoding))


def _guess(data: bytes) -> str | None:
    """The legacy encoding that fits best, or None when there is too little to tell from."""
    import charset_normalizer

    if len(data) < _ENOUGH_BYTES:
        return None
    matches = charset_normalizer.from_bytes(_telling_sample(data), cp_isolation=list(_LEGACY))
    clear = [match for match in matches if match.chaos <= _MOST_CHAOS]
    if not clear:
        return None
    least_chaos = min(match.chaos for match in clear)
    best = max(
        (match for match in clear if match.chaos <= least_chaos + 0.005),
        key=lambda match: (match.coherence, -_preference(match.encoding)),
    )
    fitting = (name for name in best.could_be_from_charset if _try(data, name) is not None)
    return min(fitting, key=_preference, default=None)


def _telling_sample(data: bytes) -> bytes:
    """At most 64 KiB; from a larger file the lines that have more in them than ASCII."""
    if len(data) > _SAMPLE_BYTES:
        data = b"".join(line for line in data.splitlines(keepends=True) if not line.isascii())
    sample = data[:_SAMPLE_BYTES]
    return sample if len(sample) == len(data) else sample.rpartition(b"\n")[0] or sample


def _preference(encoding: str) -> int:
    return _LEGACY.index(encoding) if encoding in _LEGACY else len(_LEGACY)


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without a mark: in one byte order nearly all of it is everyday letters."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _try(data[: len(data) // 2 * 2], encoding)
        if text and len(_EVERYDAY.findall(text[:4096])) >= 0.95 * len(text[:4096]):
            return text
    return None


def _control_codes(data: bytes) -> int:
    return len(data) - len(data.translate(None, _BINARY_BYTES))


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (ValueError, LookupError):  # undecodable; no such encoding, or one that is not text
        return None


def _damaged(data: bytes, encoding: str) -> int:
    """How many characters a decoder has to replace, not counting U+FFFD in the file itself."""
    replaced, ignored = (data.decode(encoding, errors=how) for how in ("replace", "ignore"))
    return len(replaced) - len(ignored)


def _damage_notices(count: int, encoding: str) -> tuple[str, ...]:
    return (f"{count} damaged places in {_name(encoding)} text are shown as \ufffd",) * bool(count)


def _name(encoding: str) -> str:
    return encoding.upper().replace("CP125", "Windows-125").replace("_", "-")
