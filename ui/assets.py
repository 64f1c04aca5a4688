"""The page's own style, script and fixed pieces of HTML, read from the package."""

from importlib.resources import files


def read_asset(name: str) -> str:
    """The text of ``ui/static/<name>``."""
    return (files("ui") / "static" / name).read_text(encoding="utf-8")
