"""Passages by their words: BM25 with tantivy, derived from the store.

Also the one owner of what a "term" is (lower case, no diacritics, stem), so that the words
of a question, a passage and a sentence are always compared alike.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from index.belongings import LEXICAL
from index.language import NAMES, STEMMED
from index.manifest import Manifest, is_file_intact, is_intact, read_manifest, write_manifest
from index.store import Store

KIND = "tantivy bm25 {language} 1"
META = "meta.json"
"""What tantivy replaces at each commit: it names the files that count."""
WRITER_HEAP_BYTES = 64_000_000
LONGEST_TERM = 60
LARGE = 100_000
"""Passages above which words that are everywhere only rank, and do not select."""


class Terms:
    """Text to terms, as the lexical index does it for a language (ISO 639-1 code)."""

    def __init__(self, language: str = "en") -> None:
        self.language = language

    @cached_property
    def analyzer(self) -> Any:
        """The tantivy analyzer."""
        import tantivy

        builder = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(tantivy.Filter.remove_long(LONGEST_TERM))
            .filter(tantivy.Filter.lowercase())
            .filter(tantivy.Filter.ascii_fold())
        )
        if self.language in STEMMED:
            builder = builder.filter(tantivy.Filter.stemmer(NAMES[self.language].lower()))
        return builder.build()

    def __call__(self, text: str) -> list[str]:
        """The terms of ``text``, in order, with repetitions."""
        terms: list[str] = self.analyzer.analyze(text)
        return terms


class LexicalIndex:
    """BM25 search over all passages. Safe to use from any thread."""

    def __init__(self, store: Store, language: str = "en") -> None:
        """Open what is on disk, behind the store or not; when it is not right, nothing yet.

        ``save`` brings the files on disk up to date, ``use_memory`` does without them.
        """
        self._store = store
        self._folder = store.directory / LEXICAL
        self._index_id = store.meta()["index_id"]
        self.terms = Terms(language)
        self._kind = KIND.format(language=NAMES[language].lower())
        self._index: Any = None
        self._searcher: Any = None
        """Of the last whole state: what is being made meanwhile is not searched before it is."""
        self._generation = 0
        self._is_in_memory = False
        self._refused: Manifest | None = None
        """What stood on disk when it was found not to be right: not to be looked at again."""
        if not self._open_folder():
            self._start_in_memory()
            self._show()

    def is_up_to_date(self) -> bool:
        """Whether it holds what the store holds now."""
        return self._generation == self._store.generation()

    def is_large(self) -> bool:
        """Whether words that are everywhere only rank, and a search takes milliseconds."""
        return int(self._searcher.num_docs) > LARGE

    def search(
        self,
        terms: Sequence[str],
        count: int,
        documents: Sequence[int] | None = None,
        without: Sequence[int] = (),
    ) -> list[tuple[int, float]]:
        """Up to ``count`` ``(passage id, BM25)`` with any of ``terms``, best first, ties by id.

        Args:
            terms: of the question; none gives no hits.
            count: at least 1.
            documents: keys of the only documents to search; None for all.
            without: keys of documents to leave out.
        """
        if not terms or documents == []:
            return []
        searcher = self._searcher
        wanted = list(dict.fromkeys(terms))
        telling = _telling(wanted, searcher)
        scope = self._scope("document", documents, without)
        if telling == wanted:
            return self._best(searcher, wanted, count, scope)
        likely = [id_ for id_, _ in self._best(searcher, telling, 2 * count, scope)]
        return self._best(searcher, wanted, count, self._scope("id", likely, ()))

    def _scope(
        self, field: str, allowed: Sequence[int] | None, without: Sequence[int]
    ) -> list[tuple[Any, Any]]:
        """Conditions: ``field`` is one of ``allowed``, unless None, and none of ``without``."""
        from tantivy import Occur, Query

        def any_of(values: Sequence[int]) -> Any:
            filters = [Query.term_query(self._schema, field, value) for value in values]
            return Query.boolean_query([(Occur.Should, f) for f in filters])

        scope = [(Occur.MustNot, any_of(without))] if without else []
        if allowed is not None:
            scope.append((Occur.Must, Query.boost_query(any_of(allowed), 0.0)))
        return scope

    def _best(
        self, searcher: Any, terms: list[str], count: int, scope: list[tuple[Any, Any]]
    ) -> list[tuple[int, float]]:
        """The best with any of ``terms`` that meet the conditions ``scope``."""
        from tantivy import Occur, Query

        query = Query.boolean_query([(Occur.Should, self._match(term)) for term in terms])
        if scope:
            query = Query.boolean_query([(Occur.Must, query), *scope])
        limit = max(min(count, searcher.num_docs), 1)  # tantivy makes room for as many at once
        hits = searcher.search(query, limit=limit, count=False).hits
        ids = searcher.fast_field_values("id", [address for _, address in hits])
        found = [(int(i), float(score)) for i, (score, _) in zip(ids, hits, strict=True)]
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def weights(self, terms: Iterable[str]) -> dict[str, float]:
        """How much each distinct term tells: its inverse document frequency over passages.

        ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson and Zaragoza 2009); a term that
        no passage has gets the highest weight.
        """
        searcher = self._searcher
        total = max(searcher.num_docs, 1)
        weights = {}
        for term in dict.fromkeys(terms):
            count = min(searcher.doc_freq("body", term), total)
            weights[term] = math.log(1 + (total - count + 0.5) / (count + 0.5))
        return weights

    def holds(self, term: str) -> bool:
        """Whether any passage has ``term``."""
        return bool(self._searcher.doc_freq("body", term))

    def refresh(self) -> None:
        """Take over what another process has written since; it may still be behind the store."""
        if self._is_in_memory:
            if not self._open_folder():
                self._update()
            return
        manifest = read_manifest(self._folder)
        if manifest and manifest.generation != self._generation and not self._open_folder():
            self._refused = None  # its owner is still at it: look again the next time

    def save(self) -> None:
        """Bring the files on disk up to date. Only the holder of the index's lock may call this.

        Raises:
            OSError: they could not be written; what is on disk stays behind, or is not trusted.
        """
        try:
            if not (self._is_as_sealed() or self._open_folder()):
                self._start_on_disk()
            if self._update():
                self._seal()
        except ValueError as error:  # what tantivy raises for all that happens to files
            raise OSError(f"{self._folder} could not be written: {error}") from error

    def use_memory(self) -> None:
        """Do without the files on disk: they are behind, and nobody can write them."""
        self._start_in_memory()
        self._update()

    def _update(self) -> bool:
        """Take over every change that the store has made since; False when there was none."""
        with self._store.reading():
            generation = self._store.generation()
            if generation == self._generation:
                return False
            self._apply()
        self._index.reload()
        self._show()
        self._generation = generation
        return True

    def _apply(self) -> None:
        import tantivy

        writer = self._index.writer(heap_size=WRITER_HEAP_BYTES, num_threads=1)
        after = self._generation
        removed = self._store.removed_after(after)
        if len(removed) and (self._is_in_memory or self._store.is_outdated(after)):
            # A removed passage would leave its words in the files and in the statistics of BM25.
            writer.delete_all_documents()
            removed, after = removed[:0], 0
        for id_ in removed:
            writer.delete_documents_by_term("id", int(id_))
        for id_, document, heading, text in self._store.passages_after(after):
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

    def _open_folder(self) -> bool:
        """Use what is on disk when it is right, whether or not it is behind the store."""
        import tantivy

        manifest = read_manifest(self._folder)
        if manifest is None or manifest == self._refused:
            return False
        self._refused = manifest
        if not (self._is_ours(manifest) and is_intact(self._folder, manifest)):
            return False
        try:
            self._use(tantivy.Index.open(str(self._folder)), manifest.generation)
        except (ValueError, OSError):  # files are being replaced, or may not be read or locked
            return False
        self._refused, self._is_in_memory = None, False
        self._show()
        return True

    def _start_on_disk(self) -> None:
        import tantivy

        empty_folder(self._folder)
        self._use(tantivy.Index(self._schema, path=str(self._folder)), 0)
        self._is_in_memory = False

    def _start_in_memory(self) -> None:
        import tantivy

        self._use(tantivy.Index(self._schema), 0)
        self._is_in_memory = True

    def _use(self, index: Any, generation: int) -> None:
        index.register_tokenizer("terms", self.terms.analyzer)
        # Otherwise a thread of tantivy's reloads too, and may put back what it read earlier.
        index.config_reader(reload_policy="manual")
        self._index, self._generation = index, generation

    def _show(self) -> None:
        """Search in it as it is now."""
        self._searcher = self._index.searcher()

    def _is_as_sealed(self) -> bool:
        """Whether the files still are those of the manifest, and in use here.

        A process killed between its commit and its seal leaves more in them than the manifest says.
        """
        manifest = read_manifest(self._folder)
        return (
            not self._is_in_memory
            and manifest is not None
            and self._is_ours(manifest)
            and manifest.generation == self._generation
            and is_file_intact(self._folder, manifest, META)
        )

    def _is_ours(self, manifest: Manifest) -> bool:
        same = (manifest.kind, manifest.index_id) == (self._kind, self._index_id)
        return same and manifest.generation <= self._store.generation()

    def _seal(self) -> None:
        files = [p.name for p in self._folder.iterdir() if p.name[0] != "." and p.suffix != ".json"]
        for name in files:
            (self._folder / name).chmod(0o600)
        names = [*files, META]
        write_manifest(self._folder, self._kind, self._index_id, self._generation, names)


def _telling(terms: list[str], searcher: Any) -> list[str]:
    """The terms that select: in a large index not those that a tenth of its passages have.

    They tell least, and to walk through all that have them took nine tenths of the time (at a
    million passages 48 ms with them, 4 ms when they only rank what the others select). The two
    rarest always stay.
    """
    passages = searcher.num_docs
    if passages <= LARGE:
        return terms
    counts = {term: searcher.doc_freq("body", term) for term in terms}
    rarest = sorted(terms, key=lambda term: (counts[term], term))[:2]
    return [term for term in terms if counts[term] * 10 < passages or term in rarest]


def empty_folder(folder: Path) -> None:
    """Make ``folder``, or remove what is in it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for file in folder.iterdir():
        file.unlink()
