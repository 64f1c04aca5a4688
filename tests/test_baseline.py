"""The evaluation that the README names: answers on the seeds are no worse than the baseline’s."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.model, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parent.parent


def evaluate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", "eval", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_metric_on_the_seeds_fell(tmp_path, monkeypatch):
    assert "\nassistant eval run eval/seeds\n" in (ROOT / "README.md").read_text(encoding="utf-8")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    run = tmp_path / "run.json"
    assert evaluate("run", "eval/seeds", "--out", str(run)).returncode == 0
    compared = evaluate("compare", "eval/seeds/baseline.json", str(run))
    assert compared.returncode == 0, compared.stdout + compared.stderr
