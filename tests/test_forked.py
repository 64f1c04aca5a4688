"""A process that forks, as a server that loads first and then starts its workers."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant import Assistant
from index.errors import TroubleError

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
QUESTION = "Who built the harbour of Lumen in 1887?"
ASKING = """
import os, sys
from assistant import Assistant

assistant = Assistant.from_folder(sys.argv[1], index_dir=sys.argv[2])
asked = assistant.ask(sys.argv[3])
child = os.fork()
if child == 0:
    import faulthandler
    from pathlib import Path

    faulthandler.dump_traceback_later(300, exit=True)
    assert assistant.ask(sys.argv[3]) == asked
    Path(sys.argv[1], "hill.txt").write_text("Llamas graze on the hill of Lumen.")
    assert assistant.sync().added == ("hill.txt",)
    assert assistant.ask("What grazes on the hill?").citations
    sys.exit(7)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
assert assistant.ask(sys.argv[3]).citations == asked.citations
assert assistant.ask("What grazes on the hill?").citations
"""


@pytest.mark.model
def test_a_child_asks_and_syncs_although_its_parent_has_asked(folder, tmp_path):
    arguments = [sys.executable, "-c", ASKING, str(folder), str(tmp_path / "index"), QUESTION]
    subprocess.run(arguments, cwd=ROOT, check=True, timeout=500)


def in_child(assistant: Assistant) -> str:
    """What a forked child gets when it asks: what it cites, or the error."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        try:
            told = str([c.quote for c in assistant.ask(QUESTION).citations])
        except TroubleError as error:
            told = str(error)
        os.write(writing, told.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as stream:
        return stream.read()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_has_no_connection_of_its_parent(assistant):
    assistant.ask(QUESTION)
    assert "Clara Voss" in in_child(assistant)
    assert assistant.ask(QUESTION).citations


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_child_of_a_process_with_other_threads_at_the_index_is_told_so_at_once(assistant):
    asked, done = threading.Event(), threading.Event()

    def ask() -> None:
        assistant.ask(QUESTION)
        asked.set()
        done.wait()

    thread = threading.Thread(target=ask)
    thread.start()
    asked.wait()
    told = in_child(assistant)
    done.set()
    thread.join()
    assert "open it in this process, after the fork" in told
