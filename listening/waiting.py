"""A program takes seconds to load. One that needs another loads meanwhile, and goes on when it is told to."""

import os
import sys

WAITS = "POLSSLAG_WAITS"
GO_ON = b"go on\n"


def wait_for_word() -> None:
    """On standard input, from the process that started this one; when that is gone, so is this one."""
    if os.environ.get(WAITS) and not sys.stdin.readline():
        sys.exit(1)
