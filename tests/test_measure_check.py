"""The check on some 500 swapped details of the seeds, and on their sentences as they are."""

import re
from pathlib import Path

from eval.measure_check import measure_swaps

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


def test_a_swapped_number_or_name_is_hardly_ever_supported_and_a_repeated_sentence_is():
    text = next(SEEDS.glob("*.txt")).read_text(encoding="utf-8")
    paragraphs = [p.strip() for p in re.split(r"\n\s*\n", text) if len(p.split()) > 8]
    lines = list(measure_swaps([paragraphs], None))
    shares = {line.split(":")[0]: float(line.split()[-1]) for line in lines[:3]}
    assert shares["swapped number"] >= 0.99, lines
    assert shares["swapped name"] >= 0.99, lines
    assert shares["verbatim"] >= 0.995, lines
    counts = [int(re.findall(r": (\d+),", line)[0]) for line in lines[:3]]
    assert min(counts) >= 40, counts
