"""Where the key of a language model's endpoint comes from: the environment, nowhere else."""

import os

from index.errors import SettingsError

KEY_VARIABLE = "ASSISTANT_LLM_KEY"
NO_KEY = "none"
"""What is sent where there is no key: local servers want a header, whatever it says."""


def endpoint_key() -> str:
    """The key to send, without space around it. It must not be logged, shown or stored.

    Raises:
        SettingsError: it has characters that cannot be sent; says where, not which.
    """
    key = os.environ.get(KEY_VARIABLE, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise SettingsError(
            f"the key in {KEY_VARIABLE} has characters that cannot be sent, such as a line break "
            "or an accent; copy it again"
        )
    return key or NO_KEY


def has_key() -> bool:
    """Whether a key is set."""
    return bool(os.environ.get(KEY_VARIABLE, "").strip())
