"""Serve the page: one socket, one uvicorn, the guard in front of everything."""

import errno
import os
import signal
import socket
import threading
from collections.abc import MutableMapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.errors import UsageError
from ui.assets import read_asset
from ui.binding import allowed_hosts
from ui.drafts import Drafts
from ui.engine import Engine
from ui.security import Guard, Login
from ui.shelf import Shelf

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

STYLES = (
    *("frame.css", "side.css", "documents.css", "settings.css"),
    *("chat.css", "source.css", "sheet.css", "narrow.css"),
)
SCRIPTS = (
    *("text.js", "panes.js", "panel.js", "sheet.js", "conversations.js", "feedback.js"),
    *("documents.js", "adding.js", "settings.js", "page.js"),
)
"""In this order: later ones use or override what earlier ones define."""

MAX_THREADS = 8
MAX_SESSIONS = 200
SHUTDOWN_SECONDS = 3


def prepare_environment(environment: MutableMapping[str, str]) -> None:
    """Make Gradio and its libraries keep to themselves. Must run before Gradio is imported.

    Gradio reads some twenty variables (sharing, served paths, workers, reload); none of them
    may change what this page promises, so they are taken out.
    """
    for name in [name for name in environment if name.startswith("GRADIO_")]:
        del environment[name]
    environment["GRADIO_ANALYTICS_ENABLED"] = "False"
    environment["HF_HUB_OFFLINE"] = "1"


def receive_files_in(environment: MutableMapping[str, str], folder: Path) -> None:
    """Have Gradio put what visitors send into ``folder``. Must run before ``build_server``."""
    environment["GRADIO_TEMP_DIR"] = str(folder)


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket.

    Raises UsageError where it cannot be had: names the address if that is not of this machine,
    and the port if that is taken or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        listening.close()
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(
                f"--host {host} is no address of this machine ({error.strerror}): give one of its "
                "own, or 127.0.0.1."
            ) from error
        raise UsageError(
            f"Port {port} on {host} cannot be used ({os.strerror(error.errno or 0)}): "
            f"choose another with --port, for example --port {port + 1}."
        ) from error
    return listening


def build_server(  # noqa: PLR0913 - what is served, and to whom
    engine: Engine,
    drafts: Drafts,
    host: str,
    extra_hosts: Sequence[str] = (),
    credentials: tuple[str, str] | None = None,
    *,
    shelf: Shelf | None = None,
) -> "FastAPI":
    """The whole application, ready to be served under ``host`` and ``extra_hosts``.

    Complaints about answers go to ``drafts``. ``shelf`` says whether documents may be added and
    removed; without one they may not. With ``credentials``, a name and a password,
    nothing is shown before a login.
    """
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware import Middleware

    from ui.app import build_page

    shelf = shelf or Shelf(engine)
    max_file_bytes = shelf.files.max_file_bytes if shelf.files else 0
    page = build_page(engine, drafts, shelf)
    page.max_threads = MAX_THREADS
    page.state_session_capacity = MAX_SESSIONS
    outer = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Outside of Gradio's own layers, which would answer preflights before an inner guard.
        middleware=[
            Middleware(
                Guard,
                hosts=allowed_hosts(host, extra_hosts),
                max_file_bytes=max_file_bytes,
                behind=extra_hosts,
            )
        ],
    )
    gr.mount_gradio_app(
        outer,
        page,
        path="/",
        auth=None if credentials is None else Login(*credentials),
        allowed_paths=[],
        blocked_paths=[str(engine.folder)],
        max_file_size=max_file_bytes,
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        footer_links=[],
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        theme=_theme(),
        head=_head(engine),
    )
    return outer


def serve(application: "FastAPI", listening: socket.socket) -> None:
    """Answer requests until SIGINT or SIGTERM; running answers get a few seconds to end."""
    import uvicorn

    config = uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    server = uvicorn.Server(config)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # In a thread of its own, uvicorn leaves the signals, and so the exit code, to us.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while thread.is_alive() and not stop.wait(0.5):
        pass
    server.should_exit = True
    thread.join()


def _head(engine: Engine) -> str:
    """The page's style and script, told the folder, by which it keeps chats apart, and a limit.

    The style is not given to Gradio as ``css``, which would rewrite its selectors.
    """
    import hashlib

    folder = hashlib.sha256(str(engine.folder.resolve()).encode()).hexdigest()[:16]
    longest = engine.settings.answer.max_question_characters
    style = "\n".join(read_asset(name) for name in STYLES)
    script = "\n".join(read_asset(name) for name in SCRIPTS)
    return (
        f"<style>{style}</style><script>(() => {{ 'use strict'; "
        f"window.assistantFolder = '{folder}'; window.assistantLongestQuestion = {longest};\n"
        f"{script}\n}})();</script>"
    )


def _theme() -> "gr.themes.Base":
    import gradio as gr

    # The wheel's semibold is a stub (6.31): bold text would fall back to another face.
    face = gr.themes.LocalFont("Source Sans Pro", weights=(400, 700))
    return gr.themes.Base(font=[face, "system-ui", "sans-serif"], font_mono=["monospace"])
