"""``python -m ui``: the chat page without the rest of the command line."""

from ui.command import main

main()
