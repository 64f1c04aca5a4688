"""Where the key of a language model's endpoint comes from: the environment, nowhere else."""

import os

KEY_VARIABLE = "ASSISTANT_LLM_KEY"
NO_KEY = "none"
"""What is sent where there is no key: local servers want a header, whatever it says."""


def endpoint_key() -> str:
    """The key to send. It must not be logged, shown or stored."""
    return os.environ.get(KEY_VARIABLE) or NO_KEY


def has_key() -> bool:
    """Whether a key is set."""
    return bool(os.environ.get(KEY_VARIABLE))
