"""What the rules on near misses are measured on."""

import gzip
import json

import typer
from typer.testing import CliRunner

from eval.measure_mismatch import looked_at, main
from eval.train.reader_data import Item, Task

PASSAGE = "In 2016 Lumen had 300 boats. In 2017 a storm took 40 boats of Lumen."


def test_the_sentence_of_the_answer_is_looked_at_and_the_likest_of_a_near_miss():
    answered = Item(Task.ANSWER, "How many had Lumen?", PASSAGE, True, PASSAGE.index("300"))
    missed = Item(Task.ANSWER, "How many boats did the storm take?", PASSAGE, False)
    assert looked_at(answered) == "In 2016 Lumen had 300 boats."
    assert looked_at(missed) == "In 2017 a storm took 40 boats of Lumen."


def test_what_each_rule_meets_is_counted(tmp_path):
    row = {"set": "s", "passage": PASSAGE, "group": "g", "kind": "span", "split": "train"}
    rows = [
        {**row, "question": "How many boats had Lumen in 2016?", "answer": "300", "start": 18},
        {**row, "question": "What took boats in 2015?", "answer": None, "start": None},
        {**row, "question": "How heavy were the boats of Lumen?", "answer": None, "start": None},
    ]
    for name, lines in (("reader", rows), ("support", [])):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)
    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, [str(tmp_path)])
    assert result.output.splitlines() == [
        "another time or number: 0 of 1 answered, 1 of 2 near misses",
        "nothing of that sort: 0 of 1 answered, 1 of 2 near misses",
    ]
