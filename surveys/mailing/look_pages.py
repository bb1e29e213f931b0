"""The page on which HR or IT gives the mails a logo and a colour, with a mail beside it that shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from csp.decorators import csp
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from accounts.colours import HEX_COLOUR, USUAL, palette_of
from accounts.logos import Logo, read_logo
from accounts.look import Appearance, appearance_of, change_look
from accounts.models import Organisation
from orgunits.access import ScopedRequest, needs
from orgunits.models import Employee, OrgUnit, Role
from surveys.mailing.compose import Composer
from surveys.mailing.letters import LOGO_ID
from surveys.models import Invitation, Mail, Wave

# A mail brings its own styles, and runs nothing.
MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
}
SAMPLE_QUESTIONS = 5


class LookForm(forms.Form):
    own_colour = forms.BooleanField(label=gettext_lazy("Use a colour of our own"), required=False)
    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy(
            "Of buttons and links. Text on it is white or black, whichever is easier to read; where the "
            "colour would be hard to read, a lighter or darker shade is used."
        ),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        help_text=gettext_lazy("A PNG or JPEG of at most 2 MB. It goes along inside each mail."),
        allow_empty_file=True,  # the reader says it better
    )
    remove_logo = forms.BooleanField(label=gettext_lazy("No logo any more"), required=False)

    def __init__(self, *args: Any, has_logo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_logo:
            del self.fields["remove_logo"]

    def clean_colour(self) -> str:
        colour = str(self.cleaned_data["colour"]).lower()
        if colour and not HEX_COLOUR.fullmatch(colour):
            raise ValidationError(_("Write a colour as # and six digits, such as #0a5768."))
        return colour

    def clean_logo(self) -> Logo | None:
        file: UploadedFile[Any] | None = self.cleaned_data["logo"]
        return read_logo(file) if file is not None else None

    def chosen_colour(self) -> str:
        return str(self.cleaned_data["colour"]) if self.cleaned_data["own_colour"] else ""


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
def look(request: ScopedRequest) -> HttpResponse:
    organisation = request.scope.organisation
    found = appearance_of(organisation.pk)
    initial = {"own_colour": bool(found.colour), "colour": found.colour or USUAL.button}
    form = LookForm(
        request.POST or None, request.FILES or None, initial=initial, has_logo=found.logo is not None
    )
    if request.method == "POST" and form.is_valid():
        change_look(
            organisation,
            colour=form.chosen_colour(),
            logo=form.cleaned_data["logo"],
            keep_logo=not form.cleaned_data.get("remove_logo", False),
            by=request.user,
            now=timezone.now(),
        )
        done = _("The look has been saved. New mails have it at once, and all pages within a minute.")
        messages.success(request, done)
        return redirect("mailing:look")
    context = {"form": form, "found": found, "colour": found.colour}
    return render(request, "surveys/look/page.html", context)


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_safe
def preview(request: ScopedRequest) -> HttpResponse:
    """The frames, for the colour that is being chosen."""
    return render(request, "surveys/look/frames.html", {"colour": _colour(request)})


@needs(Role.HR, Role.IT_ADMINISTRATOR, on_root=True)
@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its types know no view with an argument
def mail(request: ScopedRequest) -> HttpResponse:
    """What stands in a frame: an invitation that goes to nobody."""
    organisation, colour = request.scope.organisation, _colour(request)
    shown = replace(appearance_of(organisation.pk), colour=colour, palette=palette_of(colour))
    html = sample_html(organisation, shown, name=request.user.name.partition(" ")[0], now=timezone.now())
    return HttpResponse(as_page(html, shown, dark="dark" in request.GET))


def _colour(request: ScopedRequest) -> str:
    colour = request.GET.get("colour", "").lower()
    return colour if HEX_COLOUR.fullmatch(colour) and request.GET.get("own_colour") else ""


def sample_html(organisation: Organisation, shown: Appearance, *, name: str, now: datetime) -> str:
    wave = Wave(
        organisation=organisation,
        name=_("How is your work going?"),
        closes_at=now + timedelta(days=6),
        minimum_group=organisation.minimum_group,
    )
    unit = OrgUnit(name=organisation.name)
    invitation = Invitation(
        organisation=organisation,
        wave=wave,
        employee=Employee(organisation=organisation, first_name=name, unit=unit),
        unit=unit,
        email="someone@example.org",
        language=get_language() or organisation.language,
    )
    sample = Mail(organisation=organisation, wave=wave, invitation=invitation, kind=Mail.Kind.INVITATION)
    questions, looks = {wave.pk: SAMPLE_QUESTIONS}, {organisation.pk: shown}
    message = Composer(questions, looks=looks).compose(sample, token="example", now=now)  # noqa: S106
    return str(message.alternatives[0][0])


def as_page(html: str, shown: Appearance, *, dark: bool) -> str:
    """A mail's HTML in a frame. A browser has no parts of a mail to take the logo from."""
    media = "all" if dark else "not all"
    html = html.replace(f"cid:{LOGO_ID}", shown.logo_as_data)
    html = html.replace("@media (prefers-color-scheme: dark)", f"@media {media}")
    scheme = "dark" if dark else "light"
    html = html.replace("color-scheme: light dark;", f"color-scheme: {scheme};")
    return html.replace("<head>", '<head><base target="_blank">', 1)
