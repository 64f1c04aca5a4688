"""Passages and questions to vectors: the only step that needs a neural network.

One forward pass gives both the vector of a passage and one vector for each of its sentences: the
mean over the token embeddings of that sentence, read in its context ("late chunking",
arXiv 2409.04701). So choosing sentences at question time costs no embedding at all, and on the
public sets it chose better than sentences embedded on their own
(docs/decisions/sentence-vectors.md).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.errors import ModelError
from index.model import ModelFolder, local_model, packaged_model
from index.vectors import FloatVector, PassageVectors, Span, unit

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController
    from tokenizers import Encoding, Tokenizer
    from torch import Tensor

Progress = Callable[[int], None]
"""Called with the number of passages just embedded."""

PACKAGED_MODEL = "all-MiniLM-L6-v2"
BATCH_SIZE = 32


class Embedder(Protocol):
    """What the index needs of an embedding model; every implementation passes one contract test."""

    @property
    def fingerprint(self) -> str:
        """Names the model and its exact weights: vectors of two fingerprints never mix."""

    @property
    def dimension(self) -> int:
        """Length of every vector."""

    def count_tokens(self, text: str) -> int:
        """How much of the model's input ``text`` takes, without special tokens."""

    def embed_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[PassageVectors]:
        """Vectors of each text and of its sentences, in the order given.

        Args:
            texts: any number of passages; empty gives an empty list.
            sentences: for each text, spans into it.
            progress: told how many were just done, batch by batch.
        """

    def embed_question(self, question: str) -> FloatVector:
        """The vector of a question, to compare with those of passages and sentences."""


def load_embedder(model: object | None = None) -> Embedder:
    """The embedder for ``model``.

    Args:
        model: None for the packaged all-MiniLM-L6-v2; the name or path of a sentence-transformers
            model; a LlamaIndex embedding object; or an ``Embedder``.

    Raises:
        ModelError: it is missing, altered, unsafe to load, or none of these.
    """
    if model is None:
        return LocalEmbedder(packaged_model(), PACKAGED_MODEL, _load_packaged)
    if isinstance(model, str | Path):
        return LocalEmbedder(local_model(str(model)), str(model), _load_sentence_transformer)
    if hasattr(model, "embed_passages") and hasattr(model, "fingerprint"):
        return model  # type: ignore[return-value]
    if hasattr(model, "get_text_embedding_batch") and hasattr(model, "get_query_embedding"):
        return LlamaIndexEmbedder(model)
    raise ModelError(
        f"embed_model is a {type(model).__name__}; expected None, the name or path of a "
        "sentence-transformers model, or a LlamaIndex embedding object"
    )


def reads_only_english(embedder: Embedder) -> bool:
    """Whether it is the packaged model; what others read is not known here."""
    return embedder.fingerprint.startswith(f"{PACKAGED_MODEL} ")


class LocalEmbedder:
    """A model from files, on the CPU; ``load`` is called with their folder at the first use."""

    def __init__(
        self, folder: ModelFolder, name: str, load: Callable[[Path], "_LoadedModel"]
    ) -> None:
        self._folder = folder
        self._load = load
        self.fingerprint = f"{name} {folder.digest[:16]}"
        self._loaded: _LoadedModel | None = None
        self._lock = Lock()

    @property
    def dimension(self) -> int:
        """Length of every vector, 384 for the packaged model."""
        return self._model.dimension

    @property
    def _model(self) -> "_LoadedModel":
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load(self._folder.path)
            return self._loaded

    def count_tokens(self, text: str) -> int:
        """Word pieces in ``text``."""
        return len(self._model.counter.encode(text, add_special_tokens=False).ids)

    def embed_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[PassageVectors]:
        """See ``Embedder``. Texts longer than the model reads are embedded by their beginning."""
        vectors: dict[int, PassageVectors] = {}
        for batch in _by_length(texts, BATCH_SIZE):
            embedded = self._embed_batch([texts[i] for i in batch], [sentences[i] for i in batch])
            vectors.update(zip(batch, embedded, strict=True))
            if progress:
                progress(len(batch))
        return [vectors[i] for i in range(len(texts))]

    def embed_question(self, question: str) -> FloatVector:
        """See ``Embedder``. In one thread: so short a text gains nothing from more, and where the
        processor is busy they wait for each other by spinning (79 ms instead of 1,958).
        """
        model = self._model
        with model.threads.limit(limits=1, user_api="openmp"):
            return model.embed_question(question)

    def _embed_batch(
        self, texts: list[str], sentences: list[Sequence[Span]]
    ) -> Iterator[PassageVectors]:
        import torch

        model = self._model
        prompt = model.passage_prompt
        encodings = model.tokenizer.encode_batch([prompt + text for text in texts])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=has_bf16()):
            output = model.network(_inputs(encodings))
        tokens = output["token_embeddings"].float().numpy()
        passages = output["sentence_embedding"].float().numpy()
        for row, spans in enumerate(sentences):
            offsets = np.asarray(encodings[row].offsets) - len(prompt)
            yield PassageVectors(unit(passages[row]), _pool_sentences(tokens[row], offsets, spans))


def _pool_sentences(tokens: Any, offsets: Any, spans: Sequence[Span]) -> Any:
    """Mean token embedding of each span; zero for a span beyond what the model read.

    Args:
        tokens: (length, dimension), padding and special tokens included.
        offsets: (length, 2) start and end of each token in the text, (0, 0) for special ones.
        spans: of the sentences.
    """
    real = offsets[:, 1] > offsets[:, 0]
    pooled = np.zeros((len(spans), tokens.shape[1]), np.float32)
    for row, (start, end) in enumerate(spans):
        inside = real & (offsets[:, 0] < end) & (offsets[:, 1] > start)
        if inside.any():
            pooled[row] = tokens[inside].mean(axis=0)
    return unit(pooled)


def _by_length(texts: Sequence[str], size: int) -> Iterator[list[int]]:
    """Indices in batches of similar length, longest first, so that little is padding."""
    order = sorted(range(len(texts)), key=lambda i: (-len(texts[i]), i))
    for start in range(0, len(order), size):
        yield order[start : start + size]


def _inputs(encodings: Sequence["Encoding"]) -> dict[str, "Tensor"]:
    """Of a network: (batch, length) each."""
    import torch

    return {
        "input_ids": torch.tensor([encoding.ids for encoding in encodings]),
        "attention_mask": torch.tensor([encoding.attention_mask for encoding in encodings]),
    }


@dataclass(frozen=True, slots=True)
class _LoadedModel:
    """A network and its tokenizers. The two tokenizers are our own copies because changing the
    truncation of a shared one while another thread uses it fails ("Already borrowed").
    """

    network: Callable[[dict[str, "Tensor"]], Mapping[str, "Tensor"]]
    """From what ``_inputs`` gives to ``token_embeddings`` and ``sentence_embedding``: all of a
    model's own modules, from the words to the normalisation, so that any pooling is right."""
    embed_question: Callable[[str], FloatVector]
    dimension: int
    tokenizer: "Tokenizer"
    """Cuts and pads to what the network reads."""
    counter: "Tokenizer"
    """Neither cuts nor pads."""
    passage_prompt: str
    """What some models want in front of a passage; empty for the packaged one."""
    threads: "ThreadpoolController"
    """How many threads the network's libraries use."""


def _load_packaged(folder: Path) -> _LoadedModel:
    import torch
    from threadpoolctl import ThreadpoolController

    from index.encoder import MAX_TOKENS, WIDTH, Encoder

    network = Encoder(folder)
    description = (folder / "tokenizer.json").read_text(encoding="utf-8")
    tokenizer, counter = _tokenizers(description, MAX_TOKENS)

    def embed_question(question: str) -> FloatVector:
        with torch.inference_mode():
            output = network(_inputs([tokenizer.encode(question)]))
        return unit(output["sentence_embedding"][0].numpy())

    return _LoadedModel(
        network, embed_question, WIDTH, tokenizer, counter, "", ThreadpoolController()
    )


def _load_sentence_transformer(folder: Path) -> _LoadedModel:
    from sentence_transformers import SentenceTransformer
    from threadpoolctl import ThreadpoolController
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        network = SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True},
        ).eval()
        description = network.tokenizer.backend_tokenizer.to_str()
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ModelError(
            f"the model in {folder} could not be loaded ({type(error).__name__}); "
            "expected a sentence-transformers model saved with safetensors"
        ) from error
    tokenizer, counter = _tokenizers(
        description,
        network.max_seq_length or 512,
        pad_id=network.tokenizer.pad_token_id,
        pad_token=network.tokenizer.pad_token,
    )
    prompts = network.prompts or {}
    prompt = prompts.get("document") or prompts.get("passage") or ""
    dimension = int(network.get_embedding_dimension() or 0)

    def embed_question(question: str) -> FloatVector:
        vector: FloatVector = network.encode_query(
            question, show_progress_bar=False, normalize_embeddings=True, convert_to_numpy=True
        )
        return vector

    return _LoadedModel(
        network, embed_question, dimension, tokenizer, counter, prompt, ThreadpoolController()
    )


def _tokenizers(description: str, most: int, **padding: Any) -> tuple["Tokenizer", "Tokenizer"]:
    """One that cuts to ``most`` tokens and pads, and one that does neither."""
    from tokenizers import Tokenizer

    tokenizer, counter = Tokenizer.from_str(description), Tokenizer.from_str(description)
    tokenizer.enable_truncation(most)
    tokenizer.enable_padding(**padding)
    counter.no_truncation()
    counter.no_padding()
    return tokenizer, counter


def has_bf16() -> bool:
    """Whether bfloat16 is fast here: 1.8 times fp32 on AVX512-BF16 or AMX, slower elsewhere."""
    import torch

    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(supported and supported())


class LlamaIndexEmbedder:
    """Any LlamaIndex embedding object. Each sentence is embedded on its own: it only takes text."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.fingerprint = f"llama-index {type(model).__name__} {model.model_name}"
        self._dimension = 0

    @property
    def dimension(self) -> int:
        """Length of every vector, found by embedding one word."""
        if not self._dimension:
            self._dimension = len(self._model.get_text_embedding("dimension"))
        return self._dimension

    def count_tokens(self, text: str) -> int:
        """An estimate, four characters a token: LlamaIndex embeddings do not show a tokenizer."""
        return -(-len(text) // 4)

    def embed_passages(
        self,
        texts: Sequence[str],
        sentences: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[PassageVectors]:
        """See ``Embedder``."""
        result = []
        for text, spans in zip(texts, sentences, strict=True):
            parts = [text, *(text[start:end] for start, end in spans)]
            vectors = unit(np.asarray(self._model.get_text_embedding_batch(parts), np.float32))
            result.append(PassageVectors(vectors[0], vectors[1:]))
            if progress:
                progress(1)
        return result

    def embed_question(self, question: str) -> FloatVector:
        """See ``Embedder``."""
        return unit(np.asarray(self._model.get_query_embedding(question), np.float32))
