"""The served page over HTTP: what programs get from it, and what it says to nonsense."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import httpx
import pytest

from tests.fakes_ui import EXAMPLES
from tests.served_ui import PATIENCE_SECONDS, ROOT, SCRIPTED, running
from ui.security import HEADERS

AGE, PLAN, MOSCOW = EXAMPLES

request = partial(httpx.request, timeout=PATIENCE_SECONDS)
get, post = partial(request, "GET"), partial(request, "POST")

NONSENSE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"x"',
    b"{}",
    b'{"data": null}',
    b'{"data": {}}',
    b'{"data": [], "fn_index": 9999, "session_hash": "a"}',
    b'{"data": [], "fn_index": "x", "session_hash": "a"}',
    b'{"data": [1, 2, 3, 4], "fn_index": 1, "session_hash": "a"}',
    b'{"data": ["x"], "fn_index": 1, "session_hash": {}}',
    b'{"data": ["x", [{"role": "user"}]], "fn_index": 1, "session_hash": "a"}',
    b'{"data": {"page": 1}, "component_id": 11, "fn_name": "page_shown", "session_hash": 1}',
    b'{"data": [], "component_id": 11, "fn_name": "get_config", "session_hash": "a"}',
    b"\xff\xfe",
    b'{"data": [1e999]}',
    b'{"data": ' + b"[" * 5000 + b"]" * 5000 + b"}",
]
PATHS = [
    "/",
    "/config",
    "/login",
    "/gradio_api/queue/join",
    "/gradio_api/run/predict",
    "/gradio_api/run/nope",
    "/gradio_api/call/ask",
    "/gradio_api/call/nope",
    "/gradio_api/cancel",
    "/gradio_api/component_server",
    "/gradio_api/reset",
]


@pytest.fixture(scope="module")
def server():
    hostile = {
        "GRADIO_SHARE": "True",
        "GRADIO_ALLOWED_PATHS": "/",
        "GRADIO_MCP_SERVER": "True",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_ANALYTICS_ENABLED": "True",
        "OPENAI_API_KEY": "canary-key",
    }
    with running(*SCRIPTED, "0.001", environment=hostile) as server:
        yield server


def test_ask_gives_programs_the_answer_with_exact_citations(server):
    answer = server.ask(PLAN)
    assert answer["text"] == answer["answer"]
    assert [citation["number"] for citation in answer["citations"]] == [1, 2]
    assert all(citation["quote"] in answer["text"] for citation in answer["citations"])
    assert not answer["refused"]


def test_ask_refuses_an_over_long_question_without_falling_over(server):
    with httpx.Client(base_url=server.url, timeout=PATIENCE_SECONDS) as client:
        event = client.post("/gradio_api/call/ask", json={"data": ["x" * 20_000]}).json()
        events = client.get(f"/gradio_api/call/ask/{event['event_id']}").text
    assert "event: error" in events


def test_the_python_client_of_gradio_gets_the_same_answer(server):
    client = pytest.importorskip("gradio_client").Client(server.url, verbose=False)
    try:
        assert client.predict(question=AGE, api_name="/ask") == server.ask(AGE)
    finally:
        client.close()


def test_ask_is_the_only_endpoint_that_is_described(server):
    description = get(f"{server.url}/gradio_api/info").json()
    assert list(description["named_endpoints"]) == ["/ask"]
    assert description["unnamed_endpoints"] == {}


def read_in_time(ask, tries=5):
    """On a busy machine the end of a refused connection can overtake the reply to it."""
    for _ in range(tries - 1):
        with suppress(httpx.ReadError):
            return ask()
    return ask()


def test_nonsense_is_refused_without_a_fault_of_the_server(server):
    # A refused request leaves its body unread, and with it the connection unusable.
    headers = {"content-type": "application/json", "connection": "close"}
    posts = itertools.product(["POST"], PATHS, NONSENSE)
    gets = itertools.product(["GET"], PATHS, NONSENSE[:2])
    for method, path, body in itertools.chain(posts, gets):
        ask = partial(request, method, server.url + path, content=body, headers=headers)
        reply = read_in_time(ask)
        assert reply.status_code < 500, (method, path, body[:80])
        assert "Traceback" not in reply.text
        assert str(ROOT) not in reply.text
    assert server.ask(AGE)["citations"]


def test_over_the_wire_too_every_answer_carries_the_headers(server):
    for path in ("/", "/config", "/theme.css", "/nope", "/gradio_api/upload"):
        reply = get(server.url + path)
        for name, value in HEADERS:
            assert reply.headers[name.decode()] == value.decode()


def test_another_host_name_or_origin_is_refused(server):
    assert get(server.url, headers={"host": "evil.example"}).status_code == 400
    foreign = post(f"{server.url}/gradio_api/queue/join", headers={"origin": "http://e.example"})
    assert foreign.status_code == 403


def test_a_large_body_is_refused(server):
    body = json.dumps({"data": ["x" * 1_000_000]}).encode()
    reply = read_in_time(partial(post, f"{server.url}/gradio_api/call/ask", content=body))
    assert reply.status_code == 413


def test_neither_paths_nor_keys_of_this_machine_are_in_what_is_served(server):
    for path in ("/", "/config", "/gradio_api/info"):
        text = get(server.url + path).text
        assert "canary-key" not in text
        assert str(ROOT) not in text


def test_variables_cannot_open_the_page(server):
    assert get(f"{server.url}/gradio_api/file=/etc/passwd").status_code == 404
    assert get(f"{server.url}/gradio_api/mcp/").status_code == 404


def test_a_hundred_interleaved_callers_each_get_their_own_answer(server):
    questions = [AGE, MOSCOW, PLAN, "Who won?"] * 5
    expected = {question: server.ask(question) for question in set(questions)}
    for _ in range(5):
        with ThreadPoolExecutor(20) as callers:
            assert list(callers.map(server.ask, questions)) == [expected[q] for q in questions]
