"""Passages by their words: BM25 with tantivy, derived from the store.

Also the one owner of what a "term" is (lower case, no diacritics, English stem), so that the words
of a question, a passage and a sentence are always compared alike.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from index.manifest import Manifest, is_intact, read_manifest, write_manifest
from index.store import Store

KIND = "tantivy bm25 english 1"
FOLDER = "lexical"
WRITER_HEAP_BYTES = 64_000_000
LONGEST_TERM = 60


class Terms:
    """Text to terms, as the lexical index does it."""

    @cached_property
    def analyzer(self) -> Any:
        """The tantivy analyzer."""
        import tantivy

        return (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(LONGEST_TERM))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.ascii_fold())
            .filter(tantivy.Filter.stemmer("english"))
            .build()
        )

    def __call__(self, text: str) -> list[str]:
        """The terms of ``text``, in order, with repetitions."""
        terms: list[str] = self.analyzer.analyze(text)
        return terms


class LexicalIndex:
    """BM25 search over all passages. Safe to use from any thread."""

    def __init__(self, store: Store, *, may_write: bool) -> None:
        """Open what is on disk when it is right, else make it anew.

        Args:
            store: the truth.
            may_write: the index's lock is held, so the files on disk may be changed. Otherwise
                an index that is not up to date stays so until its owner has brought it up to
                date, and one that cannot be used is made in memory.
        """
        self._store = store
        self._folder = store.directory / FOLDER
        self._index_id = store.meta()["index_id"]
        self.terms = Terms()
        self._generation = 0
        self._index = self._open(may_write)
        if may_write or self._in_memory:
            self.update()

    def search(
        self, terms: Sequence[str], count: int, documents: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Up to ``count`` ``(passage id, BM25)`` with any of ``terms``, best first, ties by id.

        Args:
            terms: of the question; none gives no hits.
            count: at least 1.
            documents: keys of the only documents to search; None for all.
        """
        from tantivy import Occur, Query

        if not terms or documents == []:
            return []
        wanted = [self._match(term) for term in dict.fromkeys(terms)]
        query = Query.boolean_query([(Occur.Should, match) for match in wanted])
        if documents is not None:
            filters = [Query.term_query(self._schema, "document", key) for key in documents]
            any_document = Query.boolean_query([(Occur.Should, f) for f in filters])
            scope = Query.boost_query(any_document, 0.0)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, scope)])
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=count, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        found = [(int(i), float(score)) for i, (score, _) in zip(ids, hits, strict=True)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """How much each distinct term tells: its inverse document frequency over passages.

        ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson and Zaragoza 2009); a term that
        no passage has gets the highest weight.
        """
        searcher = self._index.searcher()
        total = max(searcher.num_docs, 1)
        weights = {}
        for term in dict.fromkeys(terms):
            count = min(searcher.doc_freq("body", term), total)
            weights[term] = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return weights

    def holds(self, term: str) -> bool:
        """Whether any passage has ``term``."""
        return bool(self._index.searcher().doc_freq("body", term))

    def refresh(self) -> None:
        """Take over what another process has written since."""
        if self._in_memory:
            self.update()
            return
        manifest = read_manifest(self._folder)
        if manifest and manifest.generation != self._generation:
            self._index.reload()
            self._generation = manifest.generation

    def update(self) -> None:
        """Take over every change that the store has made since, and write it to disk."""
        with self._store.reading():
            generation = self._store.generation()
            if generation == self._generation:
                return
            self._apply()
        self._index.reload()
        self._generation = generation
        if not self._in_memory:
            self._seal()

    def _apply(self) -> None:
        import tantivy

        writer = self._index.writer(heap_size=WRITER_HEAP_BYTES, num_threads=1)
        for id_ in self._store.removed_after(self._generation):
            writer.delete_documents_by_term("id", int(id_))
        for id_, document, heading, text in self._store.passages_after(self._generation):
            entry = tantivy.Document()
            entry.add_unsigned("id", id_)
            entry.add_unsigned("document", document)
            entry.add_text("body", f"{heading}\n{text}")
            writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()

    def _match(self, term: str) -> Any:
        from tantivy import Query

        return Query.term_query(self._schema, "body", term)

    @cached_property
    def _schema(self) -> Any:
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("id", indexed=True, fast=True)
        builder.add_unsigned_field("document", indexed=True)
        builder.add_text_field("body", tokenizer_name="terms", index_option="freq")
        return builder.build()

    def _open(self, may_write: bool) -> Any:
        import tantivy

        self._in_memory = False
        manifest = read_manifest(self._folder)
        if manifest and self._is_ours(manifest) and is_intact(self._folder, manifest):
            self._generation = manifest.generation
            return self._with_terms(tantivy.Index.open(str(self._folder)))
        self._in_memory = not may_write
        if self._in_memory:
            return self._with_terms(tantivy.Index(self._schema))
        empty_folder(self._folder)
        return self._with_terms(tantivy.Index(self._schema, path=str(self._folder)))

    def _is_ours(self, manifest: Manifest) -> bool:
        same = (manifest.kind, manifest.index_id) == (KIND, self._index_id)
        return same and manifest.generation <= self._store.generation()

    def _with_terms(self, index: Any) -> Any:
        index.register_tokenizer("terms", self.terms.analyzer)
        return index

    def _seal(self) -> None:
        files = [p.name for p in self._folder.iterdir() if p.name[0] != "." and p.suffix != ".json"]
        for name in files:
            (self._folder / name).chmod(0o600)
        names = [*files, "meta.json"]
        write_manifest(self._folder, KIND, self._index_id, self._generation, names)


def empty_folder(folder: Path) -> None:
    """Make ``folder``, or remove what is in it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
