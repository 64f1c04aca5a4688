"""Start the page in a process of its own, as a user does, and talk to it over HTTP."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent
SCRIPTED = ("-m", "tests.fakes_ui", "PORT")
"""The page over the scripted assistant; ``PORT`` is replaced."""
PATIENCE_SECONDS = 60.0
"""For one reply. Long, because a busy machine is no fault of the page."""


class Server:
    """The page in a process of its own, on a port that stays the same over restarts."""

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        # Bound, never listened on: nobody else is given the port before a start or between two.
        self.kept = socket.socket()
        self.kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.kept.bind(("127.0.0.1", 0))
        self.port = self.kept.getsockname()[1]
        self.command = [sys.executable, *command]
        self.environment = {**os.environ, **(environment or {})}
        self.url = f"http://127.0.0.1:{self.port}"
        # A file, not a pipe: nobody reads it while the server runs, and a full pipe stops it.
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - outlives this call

    def start(self) -> None:
        command = [part.replace("PORT", str(self.port)) for part in self.command]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=subprocess.STDOUT
        )
        deadline = time.monotonic() + 240
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.fail(f"The server ended with {self.process.returncode}:\n{self.output()}")
            try:
                if httpx.get(self.url, timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        self.stop()
        pytest.fail("The server did not answer within 240 s.")

    def stop(self) -> str:
        """End the server as a service manager would; gives what it printed."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return self.output()

    def output(self) -> str:
        """What it printed so far."""
        self.log.seek(0)
        return self.log.read()

    def ask(self, question: str) -> dict:
        """The answer of the ``/ask`` endpoint."""
        with httpx.Client(base_url=self.url, timeout=PATIENCE_SECONDS) as client:
            reply = client.post("/gradio_api/call/ask", json={"data": [question]})
            reply.raise_for_status()
            events = client.get(f"/gradio_api/call/ask/{reply.json()['event_id']}").text
        assert "event: complete" in events, events
        return json.loads(events.split("data: ")[-1])[0]


@contextmanager
def running(*command: str, environment: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A started server, ended on the way out if it still runs."""
    server = Server(*command, environment=environment)
    try:
        server.start()
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
        server.kept.close()
        server.log.close()
