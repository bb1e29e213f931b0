"""What stands in a comment where something was taken out."""

from __future__ import annotations

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise] = {
    "name": _("name"),
    "e-mail": _("e-mail address"),
    "link": _("link"),
    "account": _("account number"),
    "telephone": _("telephone number"),
    "licence plate": _("licence plate"),
    "number": _("number"),
}
MARK = re.compile(rf"\[…({'|'.join(WORDS)})\]")


def mark(kind: str) -> str:
    return f"[…{kind}]"


def in_words(text: str) -> str:
    """With the marks in the language in use."""
    return MARK.sub(lambda found: f"[{WORDS[found[1]]}]", text)
