"""Files to text: one module a format, and the sandboxed processes that they run in.

with Sandbox() as sandbox:
    extracted = sandbox.read(Path("handbook.pdf"))
"""

from index.read.errors import PassingError, UnreadableError
from index.read.formats import READERS_VERSION, SUFFIXES, read_file
from index.read.sandbox import Sandbox

__all__ = ["READERS_VERSION", "SUFFIXES", "PassingError", "Sandbox", "UnreadableError", "read_file"]
