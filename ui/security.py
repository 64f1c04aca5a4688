"""Who may talk to the page, how much, and what a browser may do with what comes back.

One ASGI layer stands in front of everything, Gradio's own layers included, so that no route,
error or preflight leaves without it. By which names it is opened is in ``ui.binding``.
"""

import asyncio
import contextlib
import hmac
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MAX_BODY_BYTES = 256 * 1024
UPLOAD_PATH = "/gradio_api/upload"
UPLOAD_FRAME_BYTES = 64 * 1024
"""What a request with one file may have beyond the file."""
_TOO_LARGE = f"The request is over {MAX_BODY_BYTES} bytes: start a new chat, or ask less at once."
_FILE_TOO_LARGE = "The file is larger than what is read: split it, and add its parts."

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (
        b"content-security-policy",
        b"default-src 'self'; "
        # Gradio's HTML component compiles its template in the browser: 'unsafe-eval'.
        b"script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        b"style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        b"connect-src 'self'; media-src 'self' blob:; frame-src 'none'; object-src 'none'; "
        b"form-action 'self'; base-uri 'self'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)

# All that the page and the API client use; uploads are let in only where files may be added. File
# serving, proxying, monitoring and the editor of Gradio stay out of reach, whatever a later version
# turns on.
_OPEN_PATHS = frozenset(
    {
        "/",
        "/config",
        "/favicon.ico",
        "/manifest.json",
        "/theme.css",
        "/login",
        "/logout",
        "/gradio_api/info",
        "/gradio_api/cancel",
        "/gradio_api/component_server",
        "/gradio_api/queue/join",
        "/gradio_api/queue/data",
        "/gradio_api/reset",
        "/gradio_api/startup-events",
        "/gradio_api/login_check",
        "/gradio_api/app_id",
    }
)
_OPEN_PREFIXES = (
    "/assets/",
    "/static/",
    "/gradio_api/heartbeat/",
    "/gradio_api/call/ask",
    "/gradio_api/call/v2/ask",
    "/gradio_api/run/",
)

_DEFAULT_PORTS = {"http": 80, "https": 443}

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """ASGI layer: checks host, origin, path and size of a request; adds headers to each answer."""

    def __init__(
        self,
        app: Application,
        hosts: Sequence[str],
        max_file_bytes: int = 0,
        behind: Sequence[str] = (),
    ) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._behind = frozenset(host.lower() for host in behind)
        """Those of the names under which a proxy may show the page over HTTPS, on any port."""
        self._max_file_bytes = max_file_bytes
        """The largest file that can be added; 0 where none can."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with 400, 403, 404 or 413."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _answer(_with_headers(send), *refusal)
            return
        guarded = _with_headers(send, scope["method"])
        request = _LimitedRequest(receive, guarded, *self._limit(scope))
        # Cancelled when the server ends and has waited long enough: no fault to log a trace of.
        with contextlib.suppress(asyncio.CancelledError):
            await request.run(self._app, scope)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = dict(scope["headers"])
        host = _address(f"{scope['scheme']}://{headers.get(b'host', b'').decode('latin-1')}")
        if host.name not in self._hosts:
            return 400, "Unknown host name: open the page by the address that was printed."
        origin = headers.get(b"origin")
        if origin is not None and not self._is_own(_address(origin.decode("latin-1")), host):
            return 403, "Requests from other sites are refused."
        if not (_is_open(scope["path"]) or self._is_upload(scope)):
            return 404, "Not found."
        length = headers.get(b"content-length", b"0")
        max_bytes, too_large = self._limit(scope)
        if not length.isdigit() or int(length) > max_bytes:
            return 413, too_large
        return None

    def _limit(self, scope: Scope) -> tuple[int, str]:
        """How large the body may be, and what to say of a larger one."""
        if self._is_upload(scope):
            return self._max_file_bytes + UPLOAD_FRAME_BYTES, _FILE_TOO_LARGE
        return MAX_BODY_BYTES, _TOO_LARGE

    def _is_upload(self, scope: Scope) -> bool:
        is_post = scope["method"] == "POST" and scope["path"] == UPLOAD_PATH
        return is_post and self._max_file_bytes > 0

    def _is_own(self, origin: "_Address", host: "_Address") -> bool:
        """Whether the page itself asks: another port of this computer is another site."""
        is_proxied = origin.scheme == "https" and origin.name in self._behind
        return is_proxied or (origin.name, origin.port) == (host.name, host.port)


class _LimitedRequest:
    """One request whose body is counted as it arrives, for clients that state no length."""

    def __init__(self, receive: Receive, send: Send, max_bytes: int, too_large: str) -> None:
        self._receive = receive
        self._send = send
        self._max_bytes = max_bytes
        self._too_large = too_large
        self._seen = 0
        self._started = False

    async def run(self, app: Application, scope: Scope) -> None:
        with contextlib.suppress(_BodyTooLargeError):
            await app(scope, self._next, self._reply)
        if self._is_over and not self._started:
            await _answer(self._send, 413, self._too_large)

    @property
    def _is_over(self) -> bool:
        return self._seen > self._max_bytes

    async def _next(self) -> Message:
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._is_over:
            raise _BodyTooLargeError
        return message

    async def _reply(self, message: Message) -> None:
        if self._is_over and not self._started:
            return  # The framework's own 400 for a body it could not read: 413 says more.
        self._started = True
        await self._send(message)


class _BodyTooLargeError(Exception):
    """Ends the reading of a request; never leaves this module."""


class Login:
    """Checks the one name and password; a wrong one costs the caller a second.

    >>> import asyncio
    >>> asyncio.run(Login("ann", "secret", delay_seconds=0)("ann", "secret"))
    True
    """

    def __init__(self, user: str, password: str, delay_seconds: float = 1.0) -> None:
        self._expected = f"{user}\0{password}".encode()
        self._delay_seconds = delay_seconds
        self._one_at_a_time = asyncio.Lock()

    async def __call__(self, user: str, password: str) -> bool:
        """True for the right pair. Wrong ones wait in one line, so guessing has one speed."""
        if hmac.compare_digest(f"{user}\0{password}".encode(), self._expected):
            return True
        async with self._one_at_a_time:
            await asyncio.sleep(self._delay_seconds)
        return False


def _is_open(path: str) -> bool:
    plain = path.rstrip("/") or "/"
    return plain in _OPEN_PATHS or (path.startswith(_OPEN_PREFIXES) and ".." not in path)


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a site is: ``http://[::1]`` is ``http``, ``::1``, 80. The name of nonsense is empty."""

    scheme: str
    name: str
    port: int


def _address(url: str) -> _Address:
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return _Address("", "", 0)
    return _Address(parts.scheme, parts.hostname or "", port)


def _with_headers(send: Send, method: str = "GET") -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            # Gradio answers arguments of the wrong type or number with 500, and logs why.
            if message["status"] == 500 and method == "POST":
                message = {**message, "status": 400}
            names = {name for name, _ in HEADERS}
            kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
            message = {**message, "headers": [*kept, *HEADERS]}
        await send(message)

    return send_with_headers


async def _answer(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
