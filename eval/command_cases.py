"""``assistant eval add`` and ``draft``: cases from the command line."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.command_options import FolderOption, IndexOption
from index.errors import TroubleError, UsageError

if TYPE_CHECKING:
    from eval.cases import Case
    from eval.draft import Complete


def add(  # noqa: PLR0913, PLR0917 - options of the command line
    cases: Annotated[Path, typer.Argument(help="The case folder; made when missing.")],
    question: Annotated[str, typer.Option(help="The question.")] = "",
    answer: Annotated[list[str] | None, typer.Option(help="A right short answer.")] = None,
    evidence: Annotated[
        list[str] | None, typer.Option(help="Text of the documents that shows it, verbatim.")
    ] = None,
    document: Annotated[
        list[str] | None, typer.Option(help="Id of a document that holds it; found by evidence.")
    ] = None,
    unanswerable: Annotated[
        bool, typer.Option("--unanswerable", help="The documents do not answer it.")
    ] = False,
    tag: Annotated[list[str] | None, typer.Option(help="A word to group cases by.")] = None,
    case_id: Annotated[str, typer.Option("--id", help="Made from the question if not given.")] = "",
    from_answer: Annotated[
        Path | None,
        typer.Option(help="What `assistant ask --json` printed, as a file, to start from."),
    ] = None,
    folder: FolderOption = None,
    index: IndexOption = None,
) -> None:
    """Add one case. Its evidence is checked against the documents."""
    from eval.answerer import documents_folder, opener
    from eval.cases import append_case
    from eval.write_case import CaseParts, complete_case

    parts = CaseParts(
        id=case_id,
        question=question,
        answers=tuple(answer or ()),
        evidence=tuple(evidence or ()),
        documents=tuple(document or ()),
        tags=tuple(tag or ()),
        answerable=not unanswerable,
        answer_file=from_answer,
    )
    case = complete_case(parts, lambda: opener(index=index)(documents_folder(cases, folder)))
    typer.echo(f"{append_case(cases, case)}: added {case.id}")


def draft(  # noqa: PLR0913, PLR0917 - options of the command line
    folder: Annotated[Path, typer.Argument(help="The documents to draft from.")],
    out: Annotated[
        Path, typer.Option(help="Case folder, or .jsonl file, that accepted drafts are added to.")
    ] = Path("drafts.jsonl"),
    limit: Annotated[int, typer.Option(min=1, help="Most drafts to offer.")] = 30,
    accept_all: Annotated[
        bool,
        typer.Option(
            "--yes", help="Keep all without asking, which needs no terminal; mend them in the file."
        ),
    ] = False,
    llm: Annotated[
        str,
        typer.Option(help="MODULE:FUNCTION that returns a LlamaIndex LLM, which words the drafts."),
    ] = "",
    index: IndexOption = None,
) -> None:
    """Draft cases from documents, to be accepted one by one at a terminal."""
    from eval.answerer import opener
    from eval.cases import append_case
    from eval.draft import draft_cases
    from eval.write_case import known_ids, sources_of

    if not (accept_all or _is_interactive()):
        raise UsageError(
            "eval draft: asks about each draft, and there is no terminal to ask at; keep all with "
            "--yes, and mend them in the file"
        )
    complete = _completer(llm) if llm else None
    sources = sources_of(opener(index=index)(folder))
    drafts = draft_cases(sources, limit, complete, known_ids(out))
    first = next(drafts, None)
    if first is None:
        raise UsageError(f"{folder}: nothing new to draft from; write cases with `eval add`")
    offered = chain([first], drafts)
    kept = 0
    try:
        for case in offered if accept_all else _accepted(offered):
            append_case(out, case)
            kept += 1
    finally:  # a model that fails, or Ctrl-C, costs none of the drafts before
        typer.echo(f"{out}: {kept} drafts added")


def _completer(name: str) -> "Complete":
    from eval.answerer import named_function

    model = named_function(name, "--llm", "a function that returns a LlamaIndex LLM")()

    def complete(prompt: str) -> str:
        try:
            return str(model.complete(prompt))
        except Exception as error:
            # Only the kind of error: what a model's server says may hold the document or a key.
            raise TroubleError(
                f"--llm {name}: the model failed ({type(error).__name__}); the drafts so far are "
                "kept: see that it can be reached, and run the same command again to go on"
            ) from error

    return complete


def _is_interactive() -> bool:
    return sys.stdin.isatty()


def _accepted(drafts: Iterable["Case"]) -> Iterator["Case"]:
    """The drafts that the person at the terminal keeps, as they leave them."""
    for number, case in enumerate(drafts, start=1):
        _show(number, case)
        choice = typer.prompt("keep it? yes, no, edit the question, quit", default="y")[:1].lower()
        if choice == "q":
            return
        if choice == "e":
            wording = typer.prompt("question", default=case.question)
            yield replace(case, question=wording)
        elif choice == "y":
            yield case


def _show(number: int, case: "Case") -> None:
    from eval.wording import one_line

    typer.echo(f"\n{number}  {one_line(case.question, 500)}")
    typer.echo(f"  answer:   {one_line('; '.join(case.answers), 500) or '(none)'}")
    for item in case.evidence:
        typer.echo(f"  evidence: {one_line(item, 500)}")
    typer.echo(f"  in:       {one_line(', '.join(case.documents), 500)}")
