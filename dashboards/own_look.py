"""The organisation's colour and logo for pages with an account: small files that browsers keep for ever.

Each has the hash of its content in its address. A style follows from the colour alone: nothing is looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.colours import HEX_COLOUR, palette_of
from accounts.logos import Logo
from accounts.look import appearance_of
from accounts.page_look import page_look, style_of
from orgunits.access import public

FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class OwnLook:
    """`stylesheet` and `logo_url` are addresses, "" for the product's own."""

    stylesheet: str
    logo_url: str
    logo: Logo | None


def own_look(organisation_id: int) -> OwnLook:
    found = page_look(organisation_id)
    return OwnLook(
        stylesheet_of(found.colour) if found.colour else "",
        logo_url_of(organisation_id, found.logo) if found.logo else "",
        found.logo,
    )


def stylesheet_of(colour: str) -> str:
    style = style_of(palette_of(colour))
    return reverse("own_style", args=[colour.lstrip("#"), digest_of(style.encode())])


def logo_url_of(organisation_id: int, logo: Logo) -> str:
    return reverse("own_logo", args=[organisation_id, digest_of(logo.png)])


def digest_of(content: bytes) -> str:
    return sha256(content).hexdigest()[:16]


@public
@require_safe
def style(request: HttpRequest, colour: str, digest: str) -> HttpResponse:
    if not HEX_COLOUR.fullmatch(f"#{colour}"):
        raise Http404
    text = style_of(palette_of(f"#{colour}"))
    if digest != digest_of(text.encode()):
        raise Http404
    return _kept(text.encode(), "text/css; charset=utf-8")


@public
@require_safe
def logo(request: HttpRequest, organisation_id: int, digest: str) -> HttpResponse:
    """Whoever has a mail has it; a page that still names the one before is led to the one of now."""
    found = appearance_of(organisation_id).logo
    if found is None:
        raise Http404
    if digest != digest_of(found.png):
        return redirect(logo_url_of(organisation_id, found))
    return _kept(found.png, "image/png")


def _kept(content: bytes, content_type: str) -> HttpResponse:
    return HttpResponse(content, content_type=content_type, headers={"Cache-Control": FOR_EVER})
