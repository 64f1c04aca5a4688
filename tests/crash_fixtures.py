"""Where the crash tests work, and how they start what they kill: a plugin that they name."""

import multiprocessing
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests import crash_child as child
from tests.crash_check import Start

ROOT = Path(__file__).resolve().parent.parent
MEMORY = Path("/dev/shm")  # a file there outlives its process like on a disk, and syncs at once


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The library that counts system calls; None where it cannot be made."""
    if sys.platform != "linux" or not shutil.which("cc"):
        return None
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("crash_shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture(scope="module")
def start(shim: Path | None) -> Start:
    """Starts a function of ``crash_child`` in a process of its own, imports done."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash_child"])

    def start(function: Callable[..., object], *arguments: object) -> BaseProcess:
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        if shim:
            patch.setenv("LD_PRELOAD", str(shim))
        start(time.time).join()
    return start


@pytest.fixture
def ground() -> Iterator[Path]:
    """A place for a folder and its index."""
    place = Path(mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No index of this process starts one to read files."""
    monkeypatch.setattr("index.sync.Sandbox", child.ReadHere)
