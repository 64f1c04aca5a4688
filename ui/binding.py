"""Where the page may be bound, and by which names it is opened. Pure."""

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from index.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def allowed_hosts(host: str, extra: Sequence[str]) -> tuple[str, ...]:
    """The names under which the page may be opened: loopback, what was bound, and ``extra``."""
    bound = () if _is_any(host) else (host,)
    return ("127.0.0.1", "localhost", "::1", *bound, *extra)


def check_names(extra_hosts: Sequence[str]) -> None:
    """Refuse names that no browser asks by. Raises UsageError, saying what to give instead."""
    for given in extra_hosts:
        if _is_name(given):
            continue
        wanted = _name_in(given) or "docs.example.org"
        raise UsageError(
            f"--allow-host {given}: give the name alone, without scheme, port or path, for "
            f"example --allow-host {wanted}"
        )


def check_binding(host: str, has_login: bool, extra_hosts: Sequence[str]) -> None:
    """Refuse to show the documents to a network by accident.

    Raises UsageError when ``host`` is not loopback and a login or the outside names are missing.
    """
    if is_loopback(host) or (has_login and extra_hosts):
        return
    missing = [] if has_login else ["--auth NAME (with the password in ASSISTANT_PASSWORD)"]
    missing += [] if extra_hosts else ["--allow-host NAME (the name people open the page by)"]
    raise UsageError(
        f"--host {host} would show the documents to the network: add {' and '.join(missing)}, "
        "or use --host 127.0.0.1."
    )


def is_loopback(host: str) -> bool:
    """True for addresses that only this machine can reach."""
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def opened_by(host: str, extra_hosts: Sequence[str]) -> str:
    """A name that opens the page; an address that stands for all of this machine's does not."""
    return extra_hosts[0] if _is_any(host) and extra_hosts else host


def _is_any(host: str) -> bool:
    return _is_ip(host) and ipaddress.ip_address(host).is_unspecified


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None or _is_ip(text)


def _name_in(text: str) -> str:
    """The name in an address; empty where there is none."""
    try:
        name = urlsplit(text if "://" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    return name if _is_name(name) else ""
