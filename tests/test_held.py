"""Limits, one retry, breaker and stop, on sources that misbehave."""

import threading
import time

import pytest

from assistant.llm.breaker import Breaker
from assistant.llm.generator import Call, GenerationError, Message
from assistant.llm.held import HeldGenerator, Limits

PROMPT = (Message("user", "Hello"),)
QUICK = Limits(first_piece=0.3, idle=0.3, total=1.0)


class Source:
    """Yields what it was given; a number is a pause in seconds, an error is raised."""

    name, context_tokens = "test", 100

    def __init__(self, *runs):
        self.runs = list(runs)
        self.calls = []

    def count_tokens(self, text):
        return len(text)

    def pieces(self, messages, max_tokens, call):
        self.calls.append(call)
        for step in self.runs.pop(0):
            if isinstance(step, Exception):
                raise step
            if isinstance(step, float):
                stopped = threading.Event()
                call.on_stop(stopped.set)
                if stopped.wait(step):
                    return
            else:
                yield step


def text_of(source, limits=QUICK, **options):
    return "".join(HeldGenerator(source, limits, **options).stream(PROMPT, 10))


def test_pieces_pass_through_without_nul():
    assert text_of(Source(["a", "", "b\x00c"])) == "abc"


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        ([9.0], "no word from it within 0.3 s"),
        (["a", 9.0], "stopped writing for 0.3 s"),
        (["a", *[0.15, "b"] * 20], "took over 1 s"),
        ([], "empty"),
        ([""], "empty"),
        ([KeyError("secret")], "failed with KeyError"),
    ],
)
def test_what_takes_too_long_or_fails_is_an_error_that_says_so(run, reason):
    source = Source(run)
    with pytest.raises(GenerationError, match=reason) as caught:
        text_of(source)
    assert "secret" not in str(caught.value)
    assert source.calls[0].stopped


def test_a_busy_source_is_tried_once_more():
    busy = GenerationError("busy", may_retry=True, wait_seconds=0.0)
    assert text_of(Source([busy], ["yes"])) == "yes"
    with pytest.raises(GenerationError, match="busy"):
        text_of(Source([busy], [busy], ["yes"]))
    with pytest.raises(GenerationError, match="busy"):
        text_of(Source(["a", busy], ["yes"]))


def test_a_reply_far_over_its_limit_is_ended():
    assert len(text_of(Source(["x" * 100] * 50))) <= 300


def test_closing_stops_the_source_at_once():
    source = Source(["a", 60.0])
    stream = HeldGenerator(source, Limits()).stream(PROMPT, 10)
    while next(stream) != "a":
        pass
    began = time.monotonic()
    stream.close()
    assert source.calls[0].stopped
    assert time.monotonic() - began < 30  # and not the minute that it would have been silent


def test_an_action_on_a_stopped_call_is_done_at_once():
    call, done = Call(), []
    call.stop()
    call.on_stop(lambda: done.append(1))
    assert done == [1]


def test_the_breaker_lets_one_try_through_each_half_minute():
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(3):
        assert breaker.admit() == 0
        breaker.failed()
    assert breaker.admit() == 30
    now[0] = 31.0
    assert breaker.admit() == 0
    assert breaker.admit() == 30  # the one that tries has not come back
    breaker.succeeded()
    assert breaker.admit() == 0


def test_with_a_model_down_for_five_minutes_it_is_tried_once_each_half_minute():
    now = [0.0]
    source = Source(*[[GenerationError("down")] for _ in range(100)])
    held = HeldGenerator(source, QUICK, breaker=Breaker(lambda: now[0]))
    for second in range(300):
        now[0] = float(second)
        for _ in range(2):
            with pytest.raises(GenerationError):
                list(held.stream(PROMPT, 10))
    assert len(source.calls) <= 3 + 300 / 30


def test_a_stopped_reply_is_no_failure():
    source = Source(*[["a", 60.0]] * 5)
    held = HeldGenerator(source, Limits())
    for _ in range(5):
        stream = held.stream(PROMPT, 10)
        while next(stream) != "a":
            pass
        stream.close()
    assert len(source.calls) == 5
