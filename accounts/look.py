"""How an organisation's mails look: its logo and its colour."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.colours import Palette, palette_of
from accounts.logos import Logo
from accounts.models import Look, Organisation, User


@dataclass(frozen=True, slots=True)
class Appearance:
    """What a mail or page needs of it; without a logo and a colour, the product's own."""

    colour: str
    palette: Palette
    logo: Logo | None

    @property
    def logo_as_data(self) -> str:
        """A data: address, for a page that is one request."""
        return f"data:image/png;base64,{base64.b64encode(self.logo.png).decode()}" if self.logo else ""


PLAIN = Appearance("", palette_of(""), None)


def appearance_of(organisation_id: int) -> Appearance:
    look = Look.objects.filter(organisation=organisation_id).first()
    return PLAIN if look is None else Appearance(look.colour, palette_of(look.colour), _logo(look))


def _logo(look: Look) -> Logo | None:
    return Logo(bytes(look.logo), look.logo_width, look.logo_height) if look.logo is not None else None


@transaction.atomic
def change_look(
    organisation: Organisation,
    *,
    colour: str,
    logo: Logo | None,
    keep_logo: bool,
    by: User | None,
    now: datetime,
) -> Look:
    """A new logo, or none, takes the place of the old one unless that is to be kept."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    look, _made = Look.objects.get_or_create(organisation=organisation, defaults={"changed_at": now})
    before = {"colour": look.colour, "logo": look.logo is not None}
    look.colour, look.changed_at = colour, now
    if logo is not None:
        look.logo, look.logo_width, look.logo_height = logo.png, logo.width, logo.height
    elif not keep_logo:
        look.logo, look.logo_width, look.logo_height = None, 0, 0
    look.save()
    audit.record(
        organisation,
        "organisation.look_changed",
        by=by,
        now=now,
        target=organisation,
        before=before,
        colour=colour,
        logo=look.logo is not None,
        new_logo=logo is not None,
    )
    return look
