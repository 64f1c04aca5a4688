"""What of an HTML page a reader would not see, and what is navigation rather than text.

Pure questions about one element's tag and attributes; ``html.py`` asks them while it walks a page.
"""

import re
from collections.abc import Mapping

Attributes = Mapping[str, str]

# fmt: off
_NEVER_SHOWN = frozenset((
    "script", "style", "template", "noscript", "head", "iframe", "object", "applet", "canvas",
    "audio", "video", "svg", "select", "datalist", "button", "textarea", "frameset",
))
_NAVIGATION = frozenset((
    "navheader", "navfooter", "navbar", "nav-bar", "navigation", "breadcrumb", "breadcrumbs",
    "sphinxsidebar", "wy-nav-side", "related", "headerlink", "skip-link",
))
_ADMONITIONS = frozenset((
    "note", "tip", "warning", "caution", "important", "admonition", "sidebar", "example",
))
# fmt: on
_INVISIBLE_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0*\s*(?:[;!]|$)"
    r"|font-size\s*:\s*0*\.?0*(?:px|pt|em|rem|%)?\s*(?:[;!]|$)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_SIMPLE_SELECTOR = re.compile(r"[\w-]*([.#][\w-]+)")
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def is_hidden(tag: str, attributes: Attributes, hidden_selectors: frozenset[str]) -> bool:
    """Whether a browser would not draw the element.

    ``hidden_selectors`` are the ``.class`` and ``#id`` that the page's own style sheet hides.
    """
    if tag in _NEVER_SHOWN or "hidden" in attributes:
        return True
    if _INVISIBLE_STYLE.search(attributes.get("style", "")):
        return True
    if not hidden_selectors:
        return False
    names = {f".{name}" for name in attributes.get("class", "").split()}
    return not hidden_selectors.isdisjoint({*names, f"#{attributes.get('id', '')}"})


def hidden_selectors(style_sheet: str) -> frozenset[str]:
    """The ``.class`` and ``#id`` that a style sheet hides by a rule of just that selector.

    Rules inside ``@media`` and the like do not count: they hide on paper or on small screens.
    """
    found: set[str] = set()
    for selectors, declarations in _RULE.findall(_AT_RULE.sub("", style_sheet)):
        if _INVISIBLE_STYLE.search(declarations):
            matches = map(_SIMPLE_SELECTOR.fullmatch, map(str.strip, selectors.split(",")))
            found.update(match[1] for match in matches if match)
    return frozenset(found)


def is_navigation(tag: str, attributes: Attributes) -> bool:
    """Whether the element leads elsewhere: navigation bars, breadcrumbs, anchors of headings."""
    if tag == "nav" or attributes.get("role") in {"navigation", "search"}:
        return True
    return not _NAVIGATION.isdisjoint(attributes.get("class", "").lower().split())


def is_aside(tag: str, attributes: Attributes) -> bool:
    """Whether a heading inside names a box or an item and not what follows it on the page."""
    if tag in {"li", "dd", "blockquote", "aside", "figure"}:
        return True
    return not _ADMONITIONS.isdisjoint(attributes.get("class", "").lower().split())
