"""The prompt: a file with three sections, filled with passages, question and earlier turns. Pure
but for reading that file.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files

from assistant.llm.generator import Message
from assistant.types import Turn
from index.errors import SettingsError
from index.paths import at_home
from index.types import Hit

PACKAGED = "prompt.txt"
SECTIONS = {
    "system": frozenset[str](),
    "user": frozenset({"conversation", "passages", "question"}),
    "follow-up": frozenset({"conversation", "question"}),
}
"""Every section with the places it must have."""
NOT_IN_THE_PASSAGES = "NOT IN THE PASSAGES"
"""What the prompt asks for when the passages do not answer."""

LONGEST_TURN = 1000
"""Characters of an earlier question or answer that are shown."""
SHARE_OF_TURNS = 0.25
"""The most of the room that earlier turns may take."""
TOKENS_A_MESSAGE = 16
"""What a chat template adds around a message, at most."""

_HEADER = re.compile(r"^\[([a-z-]+)\][ \t]*\n", re.MULTILINE)
_PLACE = re.compile(r"\{([a-z]+)\}")
_FENCE = re.compile(r"<(/?)(passage)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt file, read."""

    system: str
    user: str
    follow_up: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is given."""

    messages: tuple[Message, ...]
    shown: tuple[Hit, ...]
    """The passages in it: the first is number 1."""
    left_out: int
    """How many passages did not fit."""
    turns_left_out: int


def load_template(path: str = "") -> Template:
    """The prompt in the file ``path``, or the packaged one.

    Raises:
        SettingsError: it cannot be read, or a section or place is missing or unknown.
    """
    if not path:
        return _parse(
            files("assistant.write").joinpath(PACKAGED).read_text(encoding="utf-8"), PACKAGED
        )
    try:
        return _parse(at_home(path).read_text(encoding="utf-8-sig"), path)
    except OSError as error:
        raise SettingsError(f"llm.prompt {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"llm.prompt {path} is not UTF-8") from error


def _parse(text: str, name: str) -> Template:
    parts = _HEADER.split(text)[1:]
    sections = dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))
    if sections.keys() != SECTIONS.keys():
        wanted = ", ".join(f"[{section}]" for section in SECTIONS)
        found = ", ".join(f"[{section}]" for section in sections) or "none"
        raise SettingsError(f"{name}: expected the sections {wanted}; found {found}")
    for section, needed in SECTIONS.items():
        places = set(_PLACE.findall(sections[section]))
        if missing := needed - places:
            raise SettingsError(f"{name}: [{section}] lacks {{{min(missing)}}}")
        if unknown := places - needed:
            raise SettingsError(f"{name}: [{section}] has an unknown {{{min(unknown)}}}")
    return Template(sections["system"], sections["user"], sections["follow-up"])


def build_prompt(  # noqa: PLR0913, PLR0917 - all that goes into it
    template: Template,
    question: str,
    hits: Sequence[Hit],
    history: Sequence[Turn],
    count_tokens: Callable[[str], int],
    room: int,
) -> Prompt:
    """The prompt with as many passages, best first, and as many of the last turns as have room.

    Args:
        template: of the prompt.
        question: stands alone.
        hits: best first, no more than should be shown.
        history: earlier turns, oldest first.
        count_tokens: of the model.
        room: tokens for the whole prompt.
    """
    bare = _filled(template.user, passages="", question=question, conversation="")
    room -= count_tokens(template.system) + count_tokens(bare) + 2 * TOKENS_A_MESSAGE
    turns = _fitting_turns(history, count_tokens, int(room * SHARE_OF_TURNS))
    conversation = _conversation(turns)
    room -= count_tokens(conversation)
    shown: list[Hit] = []
    for hit in hits:
        cost = count_tokens(fenced(len(shown) + 1, hit))
        if cost <= room:
            shown.append(hit)
            room -= cost
    passages = "\n\n".join(fenced(number, hit) for number, hit in enumerate(shown, start=1))
    user = _filled(template.user, passages=passages, question=question, conversation=conversation)
    messages = (Message("system", template.system), Message("user", user))
    return Prompt(messages, tuple(shown), len(hits) - len(shown), len(history) - len(turns))


def follow_up_prompt(
    template: Template,
    question: str,
    history: Sequence[Turn],
    count_tokens: Callable[[str], int],
    room: int,
) -> tuple[Message, ...]:
    """The prompt that asks for a question that stands alone, with as many of the last turns as have
    room; empty where not even one has.
    """
    bare = _filled(template.follow_up, question=question, conversation="")
    room -= count_tokens(bare) + TOKENS_A_MESSAGE
    turns = _fitting_turns(history, count_tokens, room)
    if not turns:
        return ()
    conversation = _conversation(turns).strip()
    return (
        Message("user", _filled(template.follow_up, question=question, conversation=conversation)),
    )


def fenced(number: int, hit: Hit) -> str:
    """A passage as data: numbered, named, and with nothing in it that could end the fence."""
    passage = hit.passage
    title = _inert(" ".join(passage.title.split())).replace('"', "'")
    return f'<passage number="{number}" of="{title}">\n{_inert(passage.text)}\n</passage>'


def _inert(text: str) -> str:
    return _FENCE.sub(r"‹\1\2", text)


def _filled(template: str, **values: str) -> str:
    """``template`` with its places filled in one pass: what is filled in is not looked at again."""
    return _PLACE.sub(lambda match: values.get(match.group(1), match.group()), template)


def _fitting_turns(
    history: Sequence[Turn], count_tokens: Callable[[str], int], room: int
) -> Sequence[Turn]:
    """The last turns that fit."""
    count = 0
    while count < len(history) and count_tokens(_conversation(history[-count - 1 :])) <= room:
        count += 1
    return history[len(history) - count :]


def _conversation(turns: Sequence[Turn]) -> str:
    lines = [f"Question: {_short(turn.question)}\nAnswer: {_short(turn.answer)}" for turn in turns]
    return "Earlier in this conversation:\n" + "\n".join(lines) + "\n\n" if turns else ""


def _short(text: str) -> str:
    line = _inert(" ".join(text.split()))
    return line if len(line) <= LONGEST_TURN else line[: LONGEST_TURN - 1] + "…"
