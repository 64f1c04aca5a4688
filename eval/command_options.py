"""The options that several evaluation commands share."""

from pathlib import Path
from typing import Annotated

import typer

FolderOption = Annotated[
    Path | None,
    typer.Option("--folder", help="The documents, for cases without documents/ of their own."),
]
IndexOption = Annotated[
    Path | None, typer.Option("--index", help="Where the index is kept; for one case folder.")
]
SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="TOML file with settings of the assistant.")
]
AssistantOption = Annotated[
    str,
    typer.Option(
        "--assistant",
        metavar="MODULE:FUNCTION",
        help="Evaluate another one: what this function returns for the documents' folder. "
        "eval.llamaindex:citation_engine is LlamaIndex.",
    ),
]
EverythingOption = Annotated[
    bool, typer.Option("--all", help="Every metric, not only the main ones.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
