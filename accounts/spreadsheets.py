"""Text for files that people open in a spreadsheet or a presentation."""

import re

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What XML cannot hold, and what someone pastes without seeing it.
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def printable(text: str) -> str:
    return NOT_IN_XML.sub("", text)


def harmless(cell: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front."""
    text = printable(cell)
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text
