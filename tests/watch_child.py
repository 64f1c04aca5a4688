"""The command line with hash embeddings: ``python -m tests.watch_child ARGUMENTS``.

``PATIENCE_SECONDS`` in the environment: how long it waits for who makes a first state.
"""

import os
import sys

import assistant.engine
import index.search
from assistant.cli import main
from tests.fakes import HashEmbedder

if __name__ == "__main__":
    assistant.engine.load_embedder = lambda _: HashEmbedder()
    if seconds := os.environ.get("PATIENCE_SECONDS"):
        index.search.FIRST_PATIENCE_SECONDS = float(seconds)
    sys.exit(main())
