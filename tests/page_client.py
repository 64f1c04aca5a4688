"""A chat without a browser: what the page's script sends to the server, sent by a test."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

Message = dict[str, object]
PATIENCE_SECONDS = 120.0


class BusyError(Exception):
    """The waiting line is full."""


class PageClient:
    """One visitor's chat. The conversation is kept here, as the browser keeps it."""

    def __init__(self, url: str) -> None:
        # Certificates, which take longer to load than an answer takes, are for https alone.
        self.http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, verify=False)
        self.session = uuid.uuid4().hex
        self.messages: list[Message] = []

    def __enter__(self) -> "PageClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(self, question: str) -> str:
        """The Markdown of the answer to a further question; raises BusyError when refused."""
        self.messages.append(said("user", question))
        with self.answering() as events:
            last = [event for event in events if event.get("success") is not None][-1]
        assert last["success"], last
        [messages] = last["output"]["data"]
        self.messages.append(said("assistant", messages[-1]["content"][0]["text"]))
        assert [text_of(one) for one in messages[:-1]] == [text_of(o) for o in self.messages[:-1]]
        return text_of(self.messages[-1])

    @contextmanager
    def answering(self) -> Iterator[Iterator[dict]]:
        """The events of the answer to the last question, as they come; leaving hangs up."""
        wanted = {
            "fn_index": answering_step(self.http),
            "data": [self.messages, [], None],
            "session_hash": self.session,
        }
        reply = self.http.post("/gradio_api/queue/join", json=wanted)
        if reply.status_code == 503:
            raise BusyError
        reply.raise_for_status()
        address = "/gradio_api/queue/data"
        with self.http.stream("GET", address, params={"session_hash": self.session}) as stream:
            yield _events(stream)


def answering_step(http: httpx.Client) -> int:
    """The number of the step that streams an answer."""
    steps = http.get("/config").json()["dependencies"]
    return next(step["id"] for step in steps if step["queue"] and "answering()" in str(step["js"]))


def said(role: str, text: str) -> Message:
    """A message as the browser holds it."""
    return {"role": role, "content": [{"type": "text", "text": text}]}


def text_of(message: Message) -> str:
    """Its text."""
    return message["content"][0]["text"]  # type: ignore[index, no-any-return]


def _events(stream: httpx.Response) -> Iterator[dict]:
    for line in stream.iter_lines():
        if not line.startswith("data:"):
            continue
        event = json.loads(line[5:])
        yield event
        if event["msg"] in {"process_completed", "close_stream"}:
            return
