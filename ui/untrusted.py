"""Values that a browser sent, made the type that they should have. Pure."""


def as_text(value: object) -> str:
    """``value`` when it is text, else nothing."""
    return value if isinstance(value, str) else ""


def as_texts(value: object) -> list[str]:
    """The texts of a list; nothing for anything else."""
    return [as_text(item) for item in value] if isinstance(value, list) else []
