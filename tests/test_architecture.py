"""Who may import whom, and that our four package names are ours."""

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "index": {"index"},
    "assistant": {"assistant", "index"},
    "ui": {"ui", "assistant", "index"},
    "eval": {"eval", "assistant", "index"},
}
VALUES = {"types", "settings", "llm_settings", "compose"}
"""Modules of the assistant that know none of its parts."""
PARTS = {
    "wording": set(),
    "llm": {"llm_settings"},
    "read": set(),
    "understand": {"wording", *VALUES},
    "support": {"wording", "understand", *VALUES},
    "survey": {"wording", "understand", *VALUES},
    "quote": {"wording", "understand", "read", *VALUES},
    "write": {"wording", "understand", "support", "llm", "find", *VALUES},
}
"""What each part of the assistant may import of it, beside itself."""
WRAPPED = {
    "faiss": {"index/nearest.py"},
    "tantivy": {"index/lexical.py"},
    "sqlite3": {"index/database.py"},
    "sentence_transformers": {"index/embed.py", "index/cross_encoder.py"},
    "xllamacpp": {"assistant/llm/gguf.py"},
    "openai": {"assistant/llm/endpoint.py"},
}


def modules(path: Path) -> set[str]:
    """What a file imports, by the full names of modules."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def imports(path: Path) -> set[str]:
    return {name.split(".")[0] for name in modules(path)}


def parts(path: Path) -> set[str]:
    """The parts and modules of the assistant that a file imports."""
    ours = {name.split(".")[1] for name in modules(path) if name.startswith("assistant.")}
    return {name for name in ours if list((ROOT / "assistant").glob(f"{name}*"))}


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_those_below_it(package):
    for path in (ROOT / package).rglob("*.py"):
        ours = imports(path) & ALLOWED.keys()
        assert ours <= ALLOWED[package], path


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_the_assistant_imports_only_those_below_it(part):
    for path in (ROOT / "assistant" / part).glob("*.py"):
        assert parts(path) <= {part, *PARTS[part]}, path


def test_the_values_of_the_assistant_import_none_of_its_parts():
    for name in VALUES:
        assert parts(ROOT / "assistant" / f"{name}.py") <= VALUES


def test_every_part_of_the_assistant_has_its_place():
    assert {path.parent.name for path in (ROOT / "assistant").glob("*/__init__.py")} == PARTS.keys()


@pytest.mark.parametrize("library", WRAPPED)
def test_a_library_is_imported_by_the_one_module_that_wraps_it(library):
    users = {
        path.relative_to(ROOT).as_posix()
        for package in ("index", "assistant", "ui")
        for path in (ROOT / package).rglob("*.py")
        if library in imports(path)
    }
    assert users == WRAPPED[library]


def test_no_other_distribution_owns_our_package_names():
    owners = importlib.metadata.packages_distributions()
    for name in ALLOWED:
        assert set(owners.get(name, [])) <= {"grounded-assistant"}, name


def test_no_source_file_unpickles_or_evaluates():
    banned = re.compile(
        r"import (pickle|joblib|dill|marshal)|allow_pickle=True|trust_remote_code=True|shell=True"
        r"|(?<![\w.])(eval|exec)\(|weights_only=False"
    )
    for package in ALLOWED:
        for path in (ROOT / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert not banned.search(text), path
