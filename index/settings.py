"""How documents are read, cut and searched. Frozen; passed in by argument, never global."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Settings of the index. Changing one marked † re-reads the documents at the next sync."""

    chunk_tokens: int = 200
    """† Largest passage, in tokens of the embedding model; the default model reads 256."""
    max_file_bytes: int = 50_000_000
    """Files over this size are skipped and reported."""
    candidates: int = 50
    """How many passages dense and lexical search each hand to fusion."""
