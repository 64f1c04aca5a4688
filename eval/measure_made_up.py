"""What a language model makes up, and what of it is shown: ``python -m eval.measure_made_up``.

Each question of a set is answered with the model, and every sentence that it wrote is printed with
its verdict, for reading: nothing but eyes can tell whether one is wrong. Replies are kept in a
file, and a second run replays them, so that a change to the check is measured in seconds.
"""

import json
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from assistant import Answer, Assistant, Settings
from assistant.llm.generator import GenerationError, Generator, Message, Pieces
from assistant.llm.load import load_generator
from assistant.llm_settings import CheckSettings, LlmSettings
from assistant.settings import AnswerSettings
from assistant.types import Verdict
from assistant.write.sentences import SentenceStream
from eval.cases import load_cases


@dataclass(slots=True)
class Replayed:
    """A generator whose replies are kept in a file, and taken from there the next time."""

    generator: Generator
    path: Path
    name: str = "replayed"
    last: str = ""
    """The last reply."""
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Reply by prompt, and why it broke off."""

    def __post_init__(self) -> None:
        """Read what is kept."""
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        for row in map(json.loads, lines):
            self._known[row["prompt"]] = row["reply"], row.get("failure", "")

    @property
    def context_tokens(self) -> int:
        """See ``Generator``."""
        return self.generator.context_tokens

    def count_tokens(self, text: str) -> int:
        """See ``Generator``."""
        return self.generator.count_tokens(text)

    def stream(self, messages: Sequence[Message], max_tokens: int) -> Pieces:
        """See ``Generator``."""
        prompt = sha256("\n".join(m.text for m in messages).encode()).hexdigest()
        if prompt not in self._known:
            self._keep(prompt, *self._reply(messages, max_tokens))
        self.last, failure = self._known[prompt]
        yield self.last
        if failure:
            raise GenerationError(failure, answered=True)

    def _reply(self, messages: Sequence[Message], max_tokens: int) -> tuple[str, str]:
        reply = ""
        try:
            with closing(self.generator.stream(messages, max_tokens)) as pieces:
                for piece in pieces:
                    reply += piece
        except GenerationError as error:
            if not error.answered:
                raise
            return reply, str(error)
        return reply, ""

    def _keep(self, prompt: str, reply: str, failure: str) -> None:
        self._known[prompt] = reply, failure
        row = {"prompt": prompt, "reply": reply, "failure": failure}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def main(  # noqa: PLR0913, PLR0917 - one parameter an option
    llm: Annotated[str, typer.Option(help="gguf:PATH, as for the assistant.")],
    replies: Annotated[Path, typer.Option(help="File of replies, read and added to.")],
    cases: Annotated[Path, typer.Option(help="Folder of cases.")] = Path("eval/seeds"),
    folder: Annotated[Path, typer.Option(help="Their documents.")] = Path("seeds"),
    prompt: Annotated[str, typer.Option(help="Prompt file; empty: the packaged one.")] = "",
    passages: Annotated[int, typer.Option(help="How many the model is shown.")] = 2,
    max_tokens: Annotated[int, typer.Option(help="Of a reply.")] = 64,
    threads: Annotated[int, typer.Option(help="Of the model; 0: one on each core.")] = 0,
    step: Annotated[int, typer.Option(min=1, help="Ask each so many-th question.")] = 1,
    start: Annotated[int, typer.Option(min=0, help="The first question asked, from 0.")] = 0,
    unmarked: Annotated[
        Path | None, typer.Option(help="JSON lines to add what is shown unmarked to.")
    ] = None,
) -> None:
    """Answer, and print each sentence with its verdict and what it cites."""
    options = LlmSettings(
        use=llm, passages=passages, max_tokens=max_tokens, threads=threads, prompt=prompt
    )
    generator = load_generator(None, options)
    if generator is None:
        raise typer.BadParameter("no model given", param_hint="--llm")
    replayed = Replayed(generator, replies)
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as place:
        marking, dropping = (
            Assistant.from_folder(
                folder,
                index_dir=Path(place) / "index",
                llm=replayed,
                settings=Settings(llm=options, check=check, answer=AnswerSettings(reader=False)),
            )
            for check in (CheckSettings("mark"), CheckSettings())
        )
        for case in load_cases(cases)[start::step]:
            replayed.last = ""
            answer = marking.ask(case.question, history=case.history)
            counts["questions"] += 1
            counts["written sentences"] += len(_sentences(replayed.last))
            counts.update(s.verdict.value for s in answer.sentences)
            for line in _lines(answer):
                typer.echo(line)
            if unmarked:
                with unmarked.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(row) + "\n" for row in unmarked_rows(answer))
            for name, written in (("with", True), ("without", False)):
                reply = dropping.ask(case.question, history=case.history, written=written)
                if reply.refused:
                    rightly = "wrongly" if case.answerable else "rightly"
                    counts[f"refused {rightly} {name} the model"] += 1
        marking.close()
        dropping.close()
    for name, number in counts.items():
        typer.echo(f"{name}: {number}")


def _sentences(reply: str) -> list[str]:
    stream = SentenceStream()
    return [written.text for written in [*stream.feed(reply), *stream.finish()]]


def unmarked_rows(answer: Answer) -> list[dict[str, Any]]:
    """Each sentence shown unmarked, with the passages that it cites: what a reader judges by."""
    passages = [hit.passage for hit in answer.hits]
    quoted = {c.number: c for c in answer.citations}
    return [
        {
            "question": answer.question,
            "sentence": s.text,
            "passages": [
                p.text
                for p in passages
                if any(
                    p.document_id == quoted[n].document_id and p.start <= quoted[n].start < p.end
                    for n in s.citations
                )
            ],
        }
        for s in answer.sentences
        if s.verdict is Verdict.SUPPORTED
    ]


def _lines(answer: Answer) -> list[str]:
    lines = [f"? {answer.question}"] if answer.sentences else []
    quotes = {c.number: " ".join(c.quote.split()) for c in answer.citations}
    for s in answer.sentences:
        lines.append(f"  {'+' if s.verdict is Verdict.SUPPORTED else '-'} {s.text} {s.mark}")
        if s.verdict is Verdict.SUPPORTED:
            lines += [f"      = {quotes[n]}" for n in s.citations]
    return lines


if __name__ == "__main__":
    typer.run(main)
