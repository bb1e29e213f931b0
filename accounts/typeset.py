"""A page template and its content as a PDF that everyone can read: tagged, with a title and a language."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Literal

logger = logging.getLogger(__name__)

ACCESSIBLE: Literal["ua-1"] = "ua-1"  # PDF/UA-1: tagged, with a title, a language and alternative texts


def typeset(page: Path, content: dict[str, Any], *, about: str) -> bytes:
    """All texts come as strings, so nothing in them is read as markup. `about` is for the log."""
    import typst  # takes memory in each process, and only workers set pages

    inputs = {"content": json.dumps(content)}
    try:
        # With its own fonts only: the same on every machine.
        return typst.compile(
            page.read_bytes(),
            format="pdf",
            sys_inputs=inputs,
            pdf_standards=ACCESSIBLE,
            ignore_system_fonts=True,
        )
    except typst.TypstError as error:
        # A name in a script that these fonts lack. With the machine's fonts it is perhaps drawn, and if not,
        # the rest can still be read; the standard allows no character that is not.
        logger.warning("%s do not follow PDF/UA-1: %s", about, error)
        return typst.compile(page.read_bytes(), format="pdf", sys_inputs=inputs)
