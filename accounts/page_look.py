"""The organisation's logo and colour on pages, as the tokens that they override.

The answering page is one request and carries them inside; other pages fetch them once and keep them.
"""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpResponse

from accounts.colours import Palette, text_on
from accounts.logos import Logo
from accounts.look import appearance_of

KEPT_FOR = 60  # seconds, so that a page asks the database nothing more


@dataclass(frozen=True, slots=True)
class PageLook:
    """`colour` and `style` are "" for the product's own."""

    colour: str
    style: str
    logo: Logo | None
    logo_as_data: str

    @property
    def policy(self) -> dict[str, list[str]]:
        """What the content security policy has to allow for it."""
        digest = base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
        return {"style-src": [f"'sha256-{digest}'"]} if self.style else {}


def page_look(organisation_id: int) -> PageLook:
    return _page_look(organisation_id, int(time.monotonic() // KEPT_FOR))


@lru_cache(maxsize=64)
def _page_look(organisation_id: int, _period: int) -> PageLook:
    found = appearance_of(organisation_id)
    style = style_of(found.palette) if found.colour else ""
    return PageLook(found.colour, style, found.logo, found.logo_as_data)


def style_of(colours: Palette) -> str:
    light = _tokens(colours.link, colours.button, colours.on_button)
    dark = _tokens(colours.dark_link, colours.dark_button, colours.on_dark_button)
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def _tokens(link: str, button: str, on_button: str) -> str:
    return (
        f"--polsslag-color-accent:{link};--polsslag-color-accent-strong:{link};"
        f"--polsslag-color-on-accent:{text_on(link)};--polsslag-color-accent-wash:var(--polsslag-color-sand);"
        f"--polsslag-button-background-color:{button};--polsslag-button-color:{on_button};"
        f"--polsslag-button-hover-background-color:{button}"
    )


def dressed(response: HttpResponse, look: PageLook) -> HttpResponse:
    if look.policy:
        response._csp_update = look.policy  # type: ignore[attr-defined]  # what csp_update sets for a whole view
    return response
