"""A real OpenAI-compatible endpoint over HTTP: good, and failing in each way it can."""

import logging
import os
import re
import socket
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from assistant import Assistant, Turn
from assistant.llm.breaker import Breaker
from assistant.llm.endpoint import EndpointSource, _cut
from assistant.llm.endpoint_key import KEY_VARIABLE
from assistant.llm.generator import Call, GenerationError, Message
from assistant.llm.held import HeldGenerator, Limits
from assistant.llm_settings import LlmSettings
from index.errors import SettingsError
from tests.fakes import UNREAD, HashEmbedder
from tests.served_llm import (
    closed_port,
    cut,
    endless,
    good,
    raw,
    serving,
    stalls,
    status,
    takes_no,
    thinks,
)

QUESTION = "Who built the harbour of Lumen in 1887?"
REPLY = (
    "The author writes that Clara Voss built the harbour of Lumen in 1887 [1]. It has 14 cranes."
)
PROMPT = (Message("user", "Hello"),)
PATIENT = Limits(60, 60, 60)
QUICK = Limits(first_piece=1.5, idle=0.5, total=4)
"""For an endpoint that fails: what it keeps waiting, it keeps waiting for longer than ``SOON``."""
SOON = 30.0
"""Seconds: more than a busy machine needs to act."""
KEY = "sk-canary-4711"


def generator(url, limits=PATIENT, **options):
    return HeldGenerator(EndpointSource(url, "tiny", 4096, limits.first_piece), limits, **options)


@pytest.fixture
def make(folder, tmp_path, monkeypatch):
    """An assistant that writes with the endpoint at a URL."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    made = []

    def make(url, limits=PATIENT):
        made.append(
            Assistant.from_folder(
                folder,
                index_dir=tmp_path / "index",
                embed_model=HashEmbedder(),
                llm=generator(url, limits),
                settings=UNREAD,
            )
        )
        return made[-1]

    yield make
    for assistant in made:
        assistant.close()


def test_a_good_endpoint_writes_a_cited_answer_that_grows(make):
    with serving(good(REPLY, 0.01)) as endpoint:
        answers = list(make(endpoint.url).stream(QUESTION))
    last = answers[-1]
    assert last.text == (
        "The author writes that Clara Voss built the harbour of Lumen in 1887. [1] "
        "It has 14 cranes. [2]"
    )
    assert not last.incomplete
    assert all(last.text.startswith(a.text) and a.incomplete for a in answers[:-1])
    assert len({a.text for a in answers}) == 3
    [request] = endpoint.requests
    assert request["model"] == "tiny"
    assert request["stream"] is True
    assert request["temperature"] == 0
    assert '<passage number="1" of="harbour.txt">' in request["messages"][1]["content"]
    assert endpoint.keys == [f"Bearer {KEY}"]


def test_options_that_a_model_does_not_take_are_left_out_from_then_on(make):
    with serving(takes_no("max_tokens", "temperature", reply=REPLY)) as endpoint:
        assistant = make(endpoint.url)
        answers = [assistant.ask(QUESTION), assistant.ask(QUESTION)]
    assert [len(answer.sentences) for answer in answers] == [2, 2]
    assert len(endpoint.requests) == 4
    for request in endpoint.requests[2:]:
        assert "temperature" not in request
        assert request["max_completion_tokens"] == endpoint.requests[0]["max_tokens"]


def test_two_calls_that_are_refused_the_same_option_at_once_both_go_on():
    with serving(takes_no("max_tokens", reply=REPLY, together=2)) as endpoint:
        source = EndpointSource(endpoint.url, "tiny", 4096, 5)
        with ThreadPoolExecutor(2) as pool:
            calls = [pool.submit(lambda: "".join(source.pieces(PROMPT, 99, Call()))) for _ in "ab"]
            replies = [call.result() for call in calls]
    assert replies == [REPLY, REPLY]
    assert len(endpoint.requests) == 4


def test_an_option_that_is_refused_whatever_is_given_is_a_failure(make):
    both = "max_tokens", "max_completion_tokens"
    with serving(takes_no(*both, reply=REPLY)) as endpoint:
        answer = make(endpoint.url).ask(QUESTION)
    assert "it refused the request (400)" in answer.notices[-1]
    assert len(endpoint.requests) == 2


def test_the_last_streamed_answer_is_that_of_ask_over_http(make):
    with serving(good(REPLY)) as endpoint:
        assistant = make(endpoint.url)
        assert list(assistant.stream(QUESTION))[-1] == assistant.ask(QUESTION)


def test_closing_the_stream_cuts_the_connection_at_once(make):
    with serving(stalls(REPLY)) as endpoint:
        stream = make(endpoint.url).stream(QUESTION)
        while not next(stream).text:
            pass
        stream.close()
        assert endpoint.gone.wait(SOON)


def test_closing_before_the_first_word_cuts_it_too(make):
    with serving(stalls(headers=False)) as endpoint:
        stream = make(endpoint.url).stream(QUESTION)
        while not endpoint.requests:
            next(stream)
        stream.close()
        assert endpoint.gone.wait(SOON)


FAILURES = {
    "401": (status(401), "refused the key"),
    "404 model": (status(404), "does not know the model"),
    "429 twice": (status(429, retry_after="0"), "too many requests"),
    "429 with a long wait": (status(429, retry_after="60"), "too many requests"),
    "500": (status(500), "status 500"),
    "502": (status(502), "status 502"),
    "503": (status(503), "status 503"),
    "slow headers": (stalls(headers=False), "no word from it"),
    "slow first token": (stalls(), "no word from it"),
    "bad JSON": (raw(b"data: {nonsense\n\n"), "OpenAI format"),
    "wrong shape": (raw(b'data: {"choices": 7}\n\n'), "OpenAI format"),
    "HTML body": (raw(b"<html>Welcome</html>", "text/html"), "empty"),
    "wrong content type": (raw(b"PK\x03\x04", "application/zip"), "empty"),
    "empty answer": (good(""), "empty"),
    "an event that is an error": (raw(b'data: {"error": {"message": "no"}}\n\n'), "broke off"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_each_failure_gives_the_verbatim_answer_and_a_notice_in_time(make, caplog, kind):
    behaviour, reason = FAILURES[kind]
    with serving(behaviour) as endpoint:
        assistant = make(endpoint.url, QUICK)
        began = time.monotonic()
        with caplog.at_level(logging.DEBUG, logger="assistant"):
            answer = assistant.ask(QUESTION)
        assert time.monotonic() - began < SOON
    assert answer.text.startswith("According to harbour.txt: “The harbour of Lumen was built")
    assert not answer.sentences
    [notice] = answer.notices
    assert re.match(
        rf"Language model (unavailable|gave no whole answer) \(tiny at {endpoint.url}\): ", notice
    )
    assert reason in notice
    assert KEY not in notice + caplog.text
    assert "Clara Voss" not in caplog.text


@contextmanager
def nobody_listens():
    yield f"http://127.0.0.1:{closed_port()}/v1"


@contextmanager
def host_is_unknown():
    yield "http://no-such-host.invalid/v1"


@contextmanager
def never_accepted():
    """A port whose queue of connections is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        others = [socket.socket() for _ in range(3)]
        for other in others:
            other.setblocking(False)
            other.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        for other in others:
            other.close()


@pytest.mark.parametrize("nowhere", [nobody_listens, host_is_unknown, never_accepted])
def test_no_connection_gives_the_verbatim_answer_and_a_notice_in_time(make, nowhere):
    with nowhere() as url:
        assistant = make(url, Limits(first_piece=4, idle=1, total=6))
        began = time.monotonic()
        answer = assistant.ask(QUESTION)
        assert time.monotonic() - began < SOON
    assert answer.text.startswith("According to harbour.txt: “The harbour of Lumen was built")
    assert "no connection" in answer.notices[0] or "no word" in answer.notices[0]


BROKEN = b'data: {"choices": [{"index": 0, "delta": {"content": "It has"}}]}\n\ndata: {nonsense\n\n'


@pytest.mark.parametrize(
    "behaviour",
    [
        stalls("The harbour of"),
        cut("The harbour of"),
        good("The harbour of", finish=None),
        raw(BROKEN),
    ],
)
def test_a_break_before_the_first_whole_sentence_gives_the_verbatim_answer(make, behaviour):
    with serving(behaviour) as endpoint:
        assistant = make(endpoint.url, QUICK)
        began = time.monotonic()
        answer = assistant.ask(QUESTION)
        assert time.monotonic() - began < SOON
    assert answer.text.startswith("According to harbour.txt: “The harbour of Lumen was built")
    assert not answer.incomplete
    assert answer.notices[0].endswith("This is what the documents say, word for word.")


@pytest.mark.parametrize(
    ("behaviour", "limits"),
    [
        (stalls(REPLY + " More"), QUICK),
        (cut(REPLY + " More"), PATIENT),
        (good(REPLY + " More", finish=None), PATIENT),
        (good(REPLY + " More", finish="length"), PATIENT),
    ],
)
def test_what_was_written_before_a_break_stays_and_is_marked_incomplete(make, behaviour, limits):
    with serving(behaviour) as endpoint:
        answer = make(endpoint.url, limits).ask(QUESTION)
    assert answer.text.endswith("in 1887. [1] It has 14 cranes. [2] […]")
    assert answer.incomplete
    assert "This answer is incomplete." in answer.notices[0]


def test_a_reply_at_its_limit_of_tokens_says_so_and_counts_as_no_failure():
    with serving(good("It has", finish="length")) as endpoint:
        held = generator(endpoint.url)
        for _ in range(4):
            with pytest.raises(GenerationError, match=r"set llm\.max_tokens higher"):
                list(held.stream(PROMPT, 10))
        assert len(endpoint.requests) == 4


@pytest.mark.parametrize("kind", ["reasoning_content", "reasoning"])
def test_a_model_that_thinks_for_longer_than_the_first_word_may_take_is_waited_for(make, kind):
    thinking = thinks("I think about it. " * 4, REPLY, pause_seconds=0.15, kind=kind)
    with serving(thinking) as endpoint:
        answer = make(endpoint.url, Limits(first_piece=1, idle=1, total=60)).ask(QUESTION)
    assert answer.text.endswith("in 1887. [1] It has 14 cranes. [2]")
    assert "think" not in answer.text


def test_a_model_that_only_thinks_about_a_follow_up_writes_all_the_same(make):
    history = [Turn("Tell me of the harbour of Lumen", "It was built in 1887. [1]")]
    replies = (thinks("Who is meant by it?", "", "length"), good(REPLY))
    with serving(*replies) as endpoint:
        answer = make(endpoint.url).ask("Who built it?", history=history)
        assert len(endpoint.requests) == 2
    assert answer.sentences
    assert not answer.notices


def test_an_endless_reply_is_ended(make):
    with serving(
        endless("The harbour of Lumen was built in 1887. The harbour is full of salt. ")
    ) as endpoint:
        assistant = make(endpoint.url, Limits(2, 2, 2))
        began = time.monotonic()
        answer = assistant.ask(QUESTION)
        assert time.monotonic() - began < SOON
        assert endpoint.gone.wait(SOON)
    assert "The harbour of Lumen was built in 1887. [1]" in answer.text


def test_an_endless_reply_without_a_sentence_is_ended_too(make):
    with serving(endless("salt and copper and ")) as endpoint:
        assistant = make(endpoint.url, Limits(2, 2, 2))
        began = time.monotonic()
        answer = assistant.ask(QUESTION)
        assert time.monotonic() - began < SOON
        assert endpoint.gone.wait(SOON)
    assert answer.text.startswith("According to harbour.txt")
    assert answer.notices


def test_a_server_that_waits_for_room_to_write_learns_that_its_reply_is_cut():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        connection = socket.create_connection(listening.getsockname())
        served, _ = listening.accept()
    with served, connection:
        served.settimeout(0.3)
        with pytest.raises(TimeoutError):
            while True:
                served.send(b"salt and copper " * 16)
        _cut(connection)
        while connection.recv(1 << 20):  # what had come before it was cut
            pass
        connection.close()
        served.settimeout(5)
        with pytest.raises(ConnectionError):
            while True:
                served.send(b"salt and copper ")


def test_nul_and_control_characters_are_left_out(make):
    with serving(good(REPLY.replace("harbour", "har\x00bo\x1bur"))) as endpoint:
        answer = make(endpoint.url).ask(QUESTION)
    assert answer.text.startswith("The author writes that Clara Voss built the harbour of Lumen")


def test_one_more_try_after_busy_and_only_before_the_first_word(make):
    with serving(status(503, retry_after="0"), good(REPLY)) as endpoint:
        answer = make(endpoint.url).ask(QUESTION)
        assert answer.sentences
        assert len(endpoint.requests) == 2
    with serving(cut("It has 14 cranes. So"), good(REPLY)) as endpoint:
        make(endpoint.url).ask(QUESTION)
        assert len(endpoint.requests) == 1


def test_no_second_try_where_the_wait_is_long_or_the_key_is_wrong():
    for behaviour in (status(429, retry_after="6"), status(401), status(500)):
        with serving(behaviour) as endpoint:
            with pytest.raises(GenerationError):
                list(generator(endpoint.url).stream(PROMPT, 10))
            assert len(endpoint.requests) == 1


def test_the_wait_that_a_busy_endpoint_asks_for_is_kept():
    slept = []
    with serving(status(429, retry_after="3"), good("Yes.")) as endpoint:
        busy = generator(endpoint.url, sleep=slept.append)
        assert "".join(busy.stream(PROMPT, 10)) == "Yes."
    assert sum(slept) == pytest.approx(3, abs=0.2)


def test_after_three_failures_it_is_left_alone_for_half_a_minute():
    with serving(status(500)) as endpoint:
        held = generator(endpoint.url)
        for _ in range(50):
            with pytest.raises(GenerationError):
                list(held.stream(PROMPT, 10))
        assert len(endpoint.requests) == 3


def test_down_for_five_minutes_fifty_users_try_it_once_each_half_minute():
    now = [0.0]
    with serving(status(500)) as endpoint, ThreadPoolExecutor(50) as users:
        held = generator(endpoint.url, breaker=Breaker(lambda: now[0]))

        def fails(_):
            with pytest.raises(GenerationError):
                list(held.stream(PROMPT, 10))

        for _ in range(3):
            fails(None)
        for second in range(0, 300, 10):
            now[0] = float(second)
            list(users.map(fails, range(50)))
        assert len(endpoint.requests) == 3 + 300 // 30 - 1  # none in the first half minute


def test_while_it_is_down_fifty_users_have_their_answers_as_without_it(make):
    with serving(stalls(headers=False)) as endpoint, ThreadPoolExecutor(50) as users:
        assistant = make(endpoint.url, QUICK)

        def ask(_=None):
            assert assistant.ask(QUESTION).text.startswith("According to harbour.txt")

        for _ in range(3):
            ask()
        assert len(endpoint.requests) == 3
        list(users.map(ask, range(50)))
    assert len(endpoint.requests) == 3  # Nobody waited for it.


def test_requests_that_are_refused_do_not_keep_the_next_from_being_made():
    with serving(status(400)) as endpoint:
        held = generator(endpoint.url)
        for _ in range(5):
            with pytest.raises(GenerationError, match="too long"):
                list(held.stream(PROMPT, 10))
        assert len(endpoint.requests) == 5


def test_what_is_left_alone_says_why():
    with serving(status(500)) as endpoint:
        held = generator(endpoint.url)
        for _ in range(4):
            with pytest.raises(GenerationError) as caught:
                list(held.stream(PROMPT, 10))
    assert re.match(r"it failed several times \(.* status 500: .*\); tried", str(caught.value))


def test_a_redirect_is_not_followed():
    with serving(good("Yes.")) as other, serving(status(307, location=other.url)) as endpoint:
        with pytest.raises(GenerationError):
            list(generator(endpoint.url).stream(PROMPT, 10))
        assert not other.requests


def test_key_and_folder_are_in_no_answer_no_error_and_no_byte_of_the_index(make, folder, tmp_path):
    with serving(status(401), good(REPLY)) as endpoint:
        assistant = make(endpoint.url)
        answers = [assistant.ask(QUESTION), assistant.ask(QUESTION)]
        assert endpoint.keys == [f"Bearer {KEY}"] * 2
        with serving(status(401)) as refusing, pytest.raises(GenerationError) as caught:
            list(generator(refusing.url).stream(PROMPT, 10))
    assistant.close()
    shown = "".join(traceback.format_exception(caught.value)) + repr(answers)
    assert KEY not in shown
    assert str(folder) not in repr(answers)
    for path in (tmp_path / "index").rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes()


def test_the_key_of_another_program_is_not_sent(monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setitem(os.environ, "OPENAI_API_KEY", "sk-of-another-program")
    with serving(good("Yes.")) as endpoint:
        list(generator(endpoint.url).stream(PROMPT, 10))
    assert endpoint.keys == ["Bearer none"]


def test_space_around_the_key_is_not_sent(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, f" {KEY}\n")
    with serving(good("Yes.")) as endpoint:
        list(generator(endpoint.url).stream(PROMPT, 10))
    assert endpoint.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize("wrong", ["\n", "\u00e9", "\x1b"])
def test_a_key_that_cannot_be_sent_is_named_and_not_shown(monkeypatch, wrong):
    monkeypatch.setenv(KEY_VARIABLE, f"{KEY}{wrong}more")
    with pytest.raises(SettingsError, match=KEY_VARIABLE) as caught:
        generator("http://127.0.0.1:1/v1")
    monkeypatch.delenv(KEY_VARIABLE)
    held = generator("http://127.0.0.1:1/v1")
    monkeypatch.setenv(KEY_VARIABLE, f"{KEY}{wrong}more")
    with pytest.raises(GenerationError, match=KEY_VARIABLE) as later:
        list(held.stream(PROMPT, 10))
    for error in (caught.value, later.value):
        assert KEY not in "".join(traceback.format_exception(error))


def test_no_library_logs_a_prompt_a_reply_or_the_key(make, caplog):
    with caplog.at_level(logging.DEBUG), serving(good(REPLY), status(401)) as endpoint:
        assistant = make(endpoint.url)
        assert assistant.ask(QUESTION).sentences
        assistant.ask(QUESTION)
        logging.getLogger("httpx").debug("of another program")
    assert "of another program" in caplog.text
    for secret in (KEY, "Clara Voss", "passage number"):
        assert secret not in caplog.text


def test_a_password_in_the_address_is_in_no_description(make, folder, tmp_path):
    llm = LlmSettings(use="openai-like", url="http://me:canary@host:1/v1?key=canary", model="tiny")
    assistant = make("http://me:canary@127.0.0.1:1/v1")
    assistant.settings = replace(assistant.settings, llm=llm)
    told = assistant.describe()["settings"]
    assert "canary" not in told
    assert "http://host:1/v1" in told
