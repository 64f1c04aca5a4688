"""An OpenAI-compatible endpoint on a free port of this machine, good or failing as told."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


class Endpoint(ThreadingHTTPServer):
    """Serves one behaviour after the other; the last one stays."""

    daemon_threads = True

    def __init__(self, *behaviours: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours = list(behaviours)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.gone = threading.Event()
        """Set when a client left before the end of a reply."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        self.gone.set()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Endpoint
    asked: dict[str, Any]

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length", 0))
        self.asked = json.loads(self.rfile.read(length))
        self.server.requests.append(self.asked)
        self.server.keys.append(self.headers.get("authorization", ""))
        behaviours = self.server.behaviours
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        behaviour(self)

    def log_message(self, *args: Any) -> None:
        pass

    def begin(self, status: int = 200, content_type: str = "text/event-stream", **headers) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def event(self, data: str) -> None:
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def piece(self, text: str, finish: str | None = None, kind: str = "content") -> None:
        choice = {"index": 0, "delta": {kind: text}, "finish_reason": finish}
        self.event(
            json.dumps(
                {
                    "id": "1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "test",
                    "choices": [choice],
                }
            )
        )


def good(text: str, pause_seconds: float = 0.0, finish: str | None = "stop") -> Behaviour:
    """Streams ``text`` in pieces of a few characters, and gives ``finish`` as why it ends.

    Without ``finish`` the reply breaks off there, and only the closed connection says so.
    """

    def behave(handler: Handler) -> None:
        handler.begin()
        for start in range(0, len(text), 9):
            handler.piece(text[start : start + 9])
            time.sleep(pause_seconds)
        if finish:
            handler.piece("", finish)
            handler.event("[DONE]")

    return behave


def thinks(
    thought: str,
    text: str,
    finish: str = "stop",
    *,
    pause_seconds: float = 0.0,
    kind: str = "reasoning_content",
) -> Behaviour:
    """Streams ``thought`` word by word, as models that reason do, and then ``text``."""

    def behave(handler: Handler) -> None:
        handler.begin()
        for word in thought.split():
            handler.piece(word, kind=kind)
            time.sleep(pause_seconds)
        handler.piece(text, finish)
        handler.event("[DONE]")

    return behave


def status(code: int, **headers: str) -> Behaviour:
    """Answers with an error status and a body that repeats the key, as some services do."""

    def behave(handler: Handler) -> None:
        handler.begin(code, "application/json", **headers)
        key = handler.headers.get("authorization", "")
        handler.wfile.write(json.dumps({"error": {"message": f"bad key {key}"}}).encode())

    return behave


def takes_no(*options: str, reply: str, together: int = 1) -> Behaviour:
    """Refuses requests with one of ``options`` as OpenAI does, and streams ``reply`` otherwise.

    The first are not answered before ``together`` of them are there.
    """
    met = threading.Barrier(together)

    def behave(handler: Handler) -> None:
        given = [name for name in options if name in handler.asked]
        if len(handler.server.requests) <= together:
            met.wait(5)
        if not given:
            good(reply)(handler)
            return
        handler.begin(400, "application/json")
        error = {
            "message": f"Unsupported parameter: '{given[0]}' is not supported with this model.",
            "type": "invalid_request_error",
            "param": given[0],
            "code": "unsupported_parameter",
        }
        handler.wfile.write(json.dumps({"error": error}).encode())

    return behave


def raw(body: bytes, content_type: str = "text/event-stream") -> Behaviour:
    """Answers 200 with ``body``."""

    def behave(handler: Handler) -> None:
        handler.begin(200, content_type)
        handler.wfile.write(body)

    return behave


def stalls(text: str = "", seconds: float = 120.0, *, headers: bool = True) -> Behaviour:
    """Streams ``text`` and then nothing for long; without ``headers`` not even these."""

    def behave(handler: Handler) -> None:
        if headers:
            handler.begin()
        if text:
            handler.piece(text)
        ends = time.monotonic() + seconds
        handler.connection.settimeout(0.05)
        while time.monotonic() < ends:
            try:
                if not handler.connection.recv(1):
                    handler.server.gone.set()
                    return
            except TimeoutError:
                continue
            except OSError:
                handler.server.gone.set()
                return

    return behave


def cut(text: str) -> Behaviour:
    """Streams ``text`` and breaks the connection in the middle of an event."""

    def behave(handler: Handler) -> None:
        handler.begin(transfer_encoding="chunked")
        event = b'data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"m",'
        event += b'"choices":[{"index":0,"delta":{"content":' + json.dumps(text).encode()
        event += b'},"finish_reason":null}]}\n\n'
        handler.wfile.write(f"{len(event):x}\r\n".encode() + event + b"\r\n5\r\nda")
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    return behave


def endless(text: str) -> Behaviour:
    """Streams the same words for as long as anyone listens."""

    def behave(handler: Handler) -> None:
        handler.begin()
        try:
            while True:
                handler.piece(text)
        except OSError:
            handler.server.gone.set()

    return behave


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[Endpoint]:
    """A started endpoint, stopped on the way out."""
    endpoint = Endpoint(*behaviours)
    thread = threading.Thread(target=endpoint.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield endpoint
    finally:
        endpoint.shutdown()
        endpoint.server_close()
        thread.join()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
