"""What the Office formats share: names without their namespaces, relations, the title."""

import posixpath
from collections.abc import Iterator
from typing import Any

from index.read.archive import Archive
from index.read.titles import stated_title


def local(element: Any) -> str:
    """The tag without its namespace: there are two of each, "transitional" and "strict"."""
    return str(element.tag).rpartition("}")[2]


def attribute(element: Any, name: str) -> str | None:
    """The value of an attribute whatever its namespace, or None."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Any, *path: str) -> Any | None:
    """The first descendant along a path of local names, or None."""
    for name in path:
        element = next((one for one in element if local(one) == name), None)
        if element is None:
            return None
    return element


def children(element: Any, name: str) -> Iterator[Any]:
    """The direct children of one local name."""
    return (one for one in element if local(one) == name)


def value(element: Any, *path: str) -> str | None:
    """The ``val`` of the element at the end of ``path``, or None."""
    found = child(element, *path)
    return None if found is None else attribute(found, "val")


def relations(archive: Archive, part: str) -> dict[str, str]:
    """For each relation id of ``part``, the name of the entry that it points to."""
    folder, name = posixpath.split(part)
    root = archive.xml(f"{folder}/_rels/{name}.rels")
    found: dict[str, str] = {}
    for relation in root if root is not None else ():
        target = posixpath.join("/", folder, relation.get("Target", ""))
        found[relation.get("Id", "")] = posixpath.normpath(target).lstrip("/")
    return found


def core_title(archive: Archive) -> str | None:
    """The title in the properties of an Office file, if a person wrote it."""
    root = archive.xml("docProps/core.xml")
    found = None if root is None else child(root, "title")
    return None if found is None else stated_title(found.text)
