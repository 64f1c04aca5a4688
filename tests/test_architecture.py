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
WRAPPED = {
    "faiss": {"index/nearest.py"},
    "tantivy": {"index/lexical.py"},
    "sqlite3": {"index/database.py"},
    "sentence_transformers": {"index/embed.py", "index/cross_encoder.py"},
    "xllamacpp": {"assistant/gguf.py"},
    "openai": {"assistant/endpoint.py"},
}


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_those_below_it(package):
    for path in (ROOT / package).rglob("*.py"):
        ours = imports(path) & ALLOWED.keys()
        assert ours <= ALLOWED[package], path


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
