"""The command line with hash embeddings: ``python -m tests.watch_child ARGUMENTS``."""

import sys

import assistant.engine
from assistant.cli import main
from tests.fakes import HashEmbedder

if __name__ == "__main__":
    assistant.engine.load_embedder = lambda _: HashEmbedder()
    sys.exit(main())
