"""``python -m assistant`` is the command ``assistant``."""

import atexit
import gc
import sys


def main() -> None:
    """Run the command; Ctrl+C ends it in order also while its libraries are being imported."""
    atexit.register(gc.freeze)  # A search for what could be freed would be the last two seconds.
    try:
        from assistant.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
