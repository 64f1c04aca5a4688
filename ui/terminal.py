"""Commands as a terminal takes them, for people to copy."""

import shlex
import shutil
import sys
from pathlib import Path


def command_line(*words: str, folder: Path) -> str:
    """A call of the command line for the documents of ``folder``, quoted where that is needed."""
    is_default = folder == Path("seeds").resolve()
    option = () if is_default else ("--folder", str(folder))
    return f"{_program()} {shlex.join((*words, *option))}"


def _program() -> str:
    """How a terminal calls the command line: by its path where its name alone is not found."""
    if shutil.which("assistant"):
        return "assistant"
    script = Path(sys.executable).with_name("assistant")
    if not script.exists():
        return f"{shlex.quote(sys.executable)} -m assistant"
    shown = script.relative_to(Path.cwd()) if script.is_relative_to(Path.cwd()) else script
    return shlex.quote(str(shown))
