"""The guard and the login as pure ASGI, then every route of the real application behind them."""

import asyncio
import re
import socket
import time
from pathlib import Path

import pytest

from index.errors import UsageError
from tests.fakes_ui import FakeAssistant
from ui.binding import allowed_hosts, check_binding, check_names, is_loopback, opened_by
from ui.drafts import Drafts
from ui.security import HEADERS, MAX_BODY_BYTES, UPLOAD_FRAME_BYTES, UPLOAD_PATH, Guard, Login
from ui.server import build_server, open_port, prepare_environment


async def echo(scope, receive, send):
    """Reads the whole body and answers 200; sets a header that the guard must replace."""
    while True:
        message = await receive()
        if not message.get("more_body"):
            break
    headers = [(b"content-type", b"text/plain"), (b"x-frame-options", b"ALLOWALL")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


def call(app, path="/", method="GET", headers=(), chunks=(b"",)):
    """Status, headers and body of one request to an ASGI application."""
    given = dict(headers)
    given.setdefault("host", "127.0.0.1:7860")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.encode("latin-1"), v.encode("latin-1")) for k, v in given.items()],
        "client": ("127.0.0.1", 5000),
        "server": ("127.0.0.1", 7860),
        "state": {},
    }
    waiting, sent = list(chunks), []

    async def receive():
        if not waiting:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message):
        sent.append(message)

    asyncio.run(asyncio.wait_for(app(scope, receive, send), timeout=60))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), body


def guard():
    return Guard(echo, hosts=allowed_hosts("127.0.0.1", ()))


def build(*arguments):
    """The real application. Gradio opens an event loop, and leaves it open, unless one runs."""

    async def inside_a_loop():
        drafts = Drafts(Path("never-written.jsonl"))
        return build_server(FakeAssistant(delay_seconds=0), drafts, *arguments)

    return asyncio.run(inside_a_loop())


@pytest.fixture(scope="module")
def application():
    return build("127.0.0.1")


def route_paths(application):
    """One concrete path for each route of the page, Gradio's own among them."""
    inner = next(route.app for route in application.routes if hasattr(route.app, "routes"))
    paths = {route.path for route in inner.routes if hasattr(route, "path")}
    for included in (route for route in inner.routes if hasattr(route, "original_router")):
        paths |= {route.path for route in included.original_router.routes}
    return sorted(re.sub(r"\{[^}]*\}", "x", path) for path in paths)


# ---- host and origin ----


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:7860", "localhost:7860", "LOCALHOST", "[::1]:7860"],
)
def test_the_page_opens_by_its_own_names(host):
    assert call(guard(), headers={"host": host})[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:7860",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil.example#127.0.0.1",
        "127.0.0.1@evil.example",
        "127.0.0.2",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f000001",
        "[bad",
        "",
    ],
)
def test_an_unknown_host_name_is_refused(host):
    status, _, body = call(guard(), headers={"host": host})
    assert status == 400
    assert b"address that was printed" in body


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://evil.example:7860",
        "null",
        "",
        "http://127.0.0.1:7861",
        "http://127.0.0.1",
        "https://127.0.0.1",
        "http://localhost:7860",
        "http://127.0.0.1:nonsense",
        "http://[bad",
    ],
)
def test_another_sites_request_is_refused(origin):
    assert call(guard(), method="POST", headers={"origin": origin})[0] == 403


@pytest.mark.parametrize("name", ["127.0.0.1:7860", "LOCALHOST:7860", "[::1]:7860", "localhost"])
def test_the_pages_own_request_is_let_through(name):
    own = {"host": name.lower(), "origin": f"http://{name}"}
    assert call(guard(), method="POST", headers=own)[0] == 200


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("localhost", "http://localhost:80", 200),
        ("localhost:80", "http://localhost", 200),
        ("localhost", "https://localhost", 403),
        ("docs.example", "https://docs.example", 200),
        ("docs.example:7860", "https://docs.example:8443", 200),
        ("127.0.0.1:7860", "https://docs.example", 200),
        ("127.0.0.1:7860", "http://docs.example", 403),
        ("docs.example:7860", "http://docs.example:7861", 403),
    ],
)
def test_default_ports_are_known_and_a_proxy_may_speak_https(host, origin, status):
    app = Guard(echo, allowed_hosts("127.0.0.1", ("docs.example",)), behind=("docs.example",))
    assert call(app, method="POST", headers={"host": host, "origin": origin})[0] == status


def test_a_page_of_another_port_gets_nothing_of_the_real_application(application):
    other = {"origin": "http://127.0.0.1:9999"}
    for method, path in (("GET", "/config"), ("POST", "/gradio_api/call/ask")):
        status, headers, _ = call(application, path, method, other)
        assert (status, b"access-control-allow-origin" in headers) == (403, False)
    own = {"origin": "http://127.0.0.1:7860"}
    assert call(application, "/config", headers=own)[0] == 200


def test_names_allowed_by_option_are_known():
    app = Guard(echo, hosts=allowed_hosts("0.0.0.0", ("docs.example",)))
    assert call(app, headers={"host": "docs.example:7860"})[0] == 200
    assert call(app, headers={"host": "0.0.0.0:7860"})[0] == 400


# ---- size ----


def test_a_body_at_the_limit_passes_and_one_over_it_is_refused_by_its_length():
    at_limit = {"content-length": str(MAX_BODY_BYTES)}
    over = {"content-length": str(MAX_BODY_BYTES + 1)}
    assert call(guard(), method="POST", headers=at_limit)[0] == 200
    assert call(guard(), method="POST", headers=over)[0] == 413


def test_a_body_without_a_stated_length_is_counted_as_it_arrives():
    chunks = [b"x" * 65_536] * 5
    assert call(guard(), method="POST", chunks=chunks[:4])[0] == 200
    assert call(guard(), method="POST", chunks=chunks)[0] == 413


@pytest.mark.parametrize("length", ["-1", "abc", "1e9", " "])
def test_a_nonsensical_length_is_refused(length):
    assert call(guard(), method="POST", headers={"content-length": length})[0] == 413


@pytest.mark.parametrize("method", ["GET", "PUT", "OPTIONS"])
def test_files_can_be_sent_only_where_they_may_be_added_and_only_by_post(method):
    closed, open_ = guard(), Guard(echo, allowed_hosts("127.0.0.1", ()), max_file_bytes=1000)
    assert call(closed, UPLOAD_PATH, "POST")[0] == 404
    assert call(open_, UPLOAD_PATH, "POST")[0] == 200
    assert call(open_, UPLOAD_PATH, method)[0] == 404
    assert call(open_, f"{UPLOAD_PATH}_progress", "POST")[0] == 404
    foreign = {"origin": "http://evil.example"}
    assert call(open_, UPLOAD_PATH, "POST", headers=foreign)[0] == 403


def test_a_file_may_be_as_large_as_what_is_read_and_nothing_else_may():
    limit = 1_000_000
    open_ = Guard(echo, allowed_hosts("127.0.0.1", ()), max_file_bytes=limit)
    at_limit = {"content-length": str(limit + UPLOAD_FRAME_BYTES)}
    over = {"content-length": str(limit + UPLOAD_FRAME_BYTES + 1)}
    assert call(open_, UPLOAD_PATH, "POST", at_limit)[0] == 200
    status, _, body = call(open_, UPLOAD_PATH, "POST", over)
    assert (status, b"split it" in body) == (413, True)
    assert call(open_, "/gradio_api/queue/join", "POST", at_limit)[0] == 413
    chunks = [b"x" * 65_536] * 20
    assert call(open_, UPLOAD_PATH, "POST", chunks=chunks[:15])[0] == 200
    assert call(open_, UPLOAD_PATH, "POST", chunks=chunks)[0] == 413


# ---- paths and headers ----


def test_every_answer_carries_the_headers_whatever_its_status():
    answers = [
        call(guard()),
        call(guard(), "/monitoring"),
        call(guard(), headers={"host": "evil.example"}),
        call(guard(), headers={"content-length": "99999999"}),
    ]
    assert [status for status, _, _ in answers] == [200, 404, 400, 413]
    for _, headers, _ in answers:
        assert set(HEADERS) <= set(headers.items())


def test_an_applications_weaker_header_is_replaced():
    assert call(guard())[1][b"x-frame-options"] == b"DENY"


def test_nothing_loads_from_outside_under_the_policy():
    policy = dict(HEADERS)[b"content-security-policy"].decode()
    sources = {word for part in policy.split(";") for word in part.split()[1:]}
    own = {"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "blob:", "data:"}
    assert sources == own


def test_every_route_of_the_real_page_answers_with_the_headers(application):
    paths = route_paths(application)
    assert len(paths) > 40
    for path in paths:
        if "heartbeat" in path or path == "/gradio_api/queue/data":
            continue  # They answer with a stream that stays open.
        for method in ("GET", "POST", "OPTIONS"):
            status, headers, _ = call(application, path, method)
            assert set(HEADERS) <= set(headers.items()), path
            assert status < 500, path


@pytest.mark.parametrize(
    "path",
    [
        "/monitoring",
        "/monitoring/summary",
        "/docs",
        "/redoc",
        "/openapi.json",
        "/gradio_api/openapi.json",
        "/gradio_api/runs",
        "/gradio_api/upload",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/proxy=http://example.org",
        "/gradio_api/deep_link",
        "/gradio_api/mcp/",
        "/gradio_api/mcp/schema",
        "/gradio_api/vibe-edit",
        "/gradio_api/vibe-code",
        "/gradio_api/dev/reload",
        "/gradio_api/token",
        "/svelte/x",
        "/gradio_api/call/../upload",
        "/static/../../routes.py",
    ],
)
def test_what_the_page_does_not_use_is_out_of_reach(application, path):
    for method in ("GET", "POST"):
        assert call(application, path, method)[0] in {403, 404}


@pytest.mark.parametrize(
    "name",
    [
        "../routes.py",
        "..%2f..%2froutes.py",
        "%2e%2e/%2e%2e/routes.py",
        "....//routes.py",
        "/etc/passwd",
        "//etc/passwd",
        "C:\\Windows\\win.ini",
        "\\\\server\\share",
        "http://example.org/x",
        "file:///etc/passwd",
        "x\x00.js",
    ],
)
def test_static_routes_give_out_nothing_but_their_files(application, name):
    for prefix in ("/static/", "/assets/"):
        status, _, body = call(application, prefix + name)
        assert status in {307, 400, 403, 404}
        assert b"root:" not in body
        assert b"import " not in body


# ---- binding, ports, environment ----


def test_loopback_addresses_are_told_from_others():
    assert [is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost")] == [
        True
    ] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "192.168.1.5", "::", "example.org")] == [
        False
    ] * 4


def test_a_network_address_needs_both_a_login_and_a_name():
    for has_login, names in ((False, ()), (True, ()), (False, ("docs.example",))):
        with pytest.raises(UsageError, match="would show the documents to the network"):
            check_binding("0.0.0.0", has_login, names)
    check_binding("0.0.0.0", True, ("docs.example",))


def test_the_own_machine_needs_neither():
    check_binding("127.0.0.1", False, ())


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("docs.example:7860", "docs.example"),
        ("https://docs.example/", "docs.example"),
        ("docs.example/chat", "docs.example"),
        ("[fd00::1]:7860", "fd00::1"),
        ("*", "docs.example.org"),
        ("", "docs.example.org"),
        ("docs example", "docs.example.org"),
    ],
)
def test_a_name_that_could_never_match_is_refused_with_the_one_to_give(given, wanted):
    with pytest.raises(UsageError, match=f"--allow-host {re.escape(given)}: .*-host {wanted}$"):
        check_names(("fine.example", given))


def test_the_name_that_is_printed_opens_the_page():
    assert opened_by("0.0.0.0", ("docs.example", "b.example")) == "docs.example"
    assert opened_by("::", ("docs.example",)) == "docs.example"
    assert opened_by("192.168.1.5", ("docs.example",)) == "192.168.1.5"
    for host in ("0.0.0.0", "192.168.1.5", "127.0.0.1"):
        assert opened_by(host, ("docs.example",)) in allowed_hosts(host, ("docs.example",))


def test_names_and_addresses_alone_are_taken():
    check_names(("docs.example", "Docs-2", "192.168.1.5", "fd00::1"))


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1", "2001:db8::1", "1:2:3"])
def test_an_address_of_another_machine_is_told_from_a_taken_port(host):
    with pytest.raises(UsageError, match=f"--host {host} is no address of this machine") as caught:
        open_port(host, 0)
    assert "--port" not in str(caught.value)


def test_a_port_in_use_is_named_with_the_option_to_choose_another():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} on 127.0.0.1 .*--port {port + 1}"):
            open_port("127.0.0.1", port)


def test_variables_that_would_share_or_open_the_page_are_taken_out():
    environment = {
        "GRADIO_SHARE": "True",
        "GRADIO_ALLOWED_PATHS": "/",
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "GRADIO_MCP_SERVER": "True",
        "PATH": "/bin",
    }
    prepare_environment(environment)
    assert environment == {
        "PATH": "/bin",
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
    }


# ---- login ----


def test_only_the_right_pair_is_let_in():
    login = Login("ann", "secret", delay_seconds=0)

    def tried(user, password):
        return asyncio.run(login(user, password))

    assert tried("ann", "secret")
    assert not tried("ann", "Secret")
    assert not tried("bob", "secret")
    assert not tried("", "")
    assert not tried("ann\0secret", "")


def test_wrong_passwords_wait_in_one_line():
    async def guess_many():
        login = Login("ann", "secret", delay_seconds=0.02)
        return await asyncio.gather(*(login("ann", str(n)) for n in range(20)))

    begun = time.perf_counter()
    assert asyncio.run(guess_many()) == [False] * 20
    assert time.perf_counter() - begun >= 0.4


def test_a_page_with_a_login_shows_nothing_before_it():
    application = build("0.0.0.0", ("docs.example",), ("ann", "secret"))
    host = {"host": "docs.example"}
    assert call(application, "/config", headers=host)[0] == 401
    assert call(application, "/gradio_api/component_server", "POST", headers=host)[0] == 401
    body = call(application, "/", headers=host)[2]
    assert b"Draghi" not in body
    assert b"Italy" not in body
