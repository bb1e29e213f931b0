from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles.queries import waves_of
from surveys.letters.services import fetch_letters, order_letters, withdraw_letters
from surveys.mailing.again import send_again as send_mail_again
from surveys.mailing.refused import allow_again, refused_people
from surveys.models import LetterRun, RefusedAddress, Wave
from surveys.unit_tree import branch, unit_tree
from surveys.waves import queries
from surveys.waves.forms import ExtendForm, LettersForm
from surveys.waves.services import extend_wave

CONTENT_TYPES = {LetterRun.Form.PDF: "application/pdf", LetterRun.Form.CSV: "text/csv; charset=utf-8"}


def _wave(request: ScopedRequest, wave_id: int) -> Wave:
    return get_object_or_404(waves_of(request.scope).select_related("organisation"), pk=wave_id)


@needs(Role.HR)
def extend(request: ScopedRequest, wave_id: int) -> HttpResponse:
    wave = _wave(request, wave_id)
    form = ExtendForm(request.POST or None, wave=wave)
    if form.is_valid():
        try:
            extend_wave(wave, until=form.cleaned_data["until"], by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error("until", error)
        else:
            messages.success(request, _("The wave stays open longer."))
            return redirect("wave", wave.pk)
    return render(request, "surveys/waves/extend.html", {"wave": wave, "form": form})


@needs(Role.HR)
@require_POST
def send_again(request: ScopedRequest, wave_id: int) -> HttpResponse:
    """To the people who were ticked, or to all of them."""
    wave = _wave(request, wave_id)
    ticked = [int(number) for number in request.POST.getlist("people") if number.isdecimal()]
    if not ticked and "all" not in request.POST:
        messages.error(request, _("Tick the people who should get the mail once more."))
        return redirect("wave", wave.pk)
    chosen = None if "all" in request.POST else ticked
    try:
        queued = send_mail_again(wave, invitations=chosen, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        done = ngettext("%(mails)d mail goes out again.", "%(mails)d mails go out again.", queued)
        messages.success(request, done % {"mails": queued})
    return redirect("wave", wave.pk)


@needs(Role.HR)
def letters(request: ScopedRequest, wave_id: int) -> HttpResponse:
    wave = _wave(request, wave_id)
    units = queries.wave_units(wave)
    unfolded = next((unit.pk for unit in units if str(unit.pk) == request.POST.get("unfold")), 0)
    form = LettersForm(request.POST or None, wave=wave)
    if unfolded:
        form = LettersForm.unchecked(request.POST, wave)
    if form.is_valid():
        try:
            _order(request, wave, form)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("waves:letters", wave.pk)
    runs = queries.letter_rows(wave)
    context = {
        "wave": wave,
        "form": form,
        "tree": unit_tree(units, form.chosen, unfolded=unfolded, branch_url=partial(_branch_address, wave)),
        "is_choosing": bool(form.chosen or unfolded),
        "runs": runs,
        "making": any(run.is_due for run in runs),
    }
    return render(request, "surveys/waves/letters.html", context)


@needs(Role.HR)
def letters_branch(request: ScopedRequest, wave_id: int, unit_id: int) -> HttpResponse:
    """Units below one in the tree, when it is unfolded."""
    wave = _wave(request, wave_id)
    below = queries.wave_units_below(wave, unit_id)
    if below is None:
        raise Http404
    return HttpResponse(branch(below, (), branch_url=partial(_branch_address, wave)))


def _branch_address(wave: Wave, unit_id: int) -> str:
    return reverse("waves:letters_branch", args=[wave.pk, unit_id])


def _order(request: ScopedRequest, wave: Wave, form: LettersForm) -> None:
    filled = form.cleaned_data
    chosen = filled["audience"] == LetterRun.Audience.UNITS
    order_letters(
        wave,
        audience=LetterRun.Audience(filled["audience"]),
        form=LetterRun.Form(filled["form"]),
        units=list(filled["units"]) if chosen else [],
        by=request.user,
        now=timezone.now(),
    )


@needs(Role.HR)
@require_POST
@never_cache
def fetch(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(_runs(request), pk=run_id)
    try:
        content = fetch_letters(run, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("waves:letters", run.wave_id)
    name = f"{slugify(str(run.wave))}-{run.pk}.{run.form}"
    response = HttpResponse(content, content_type=CONTENT_TYPES[LetterRun.Form(run.form)])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@needs(Role.HR)
@require_POST
def withdraw(request: ScopedRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(_runs(request), pk=run_id)
    withdraw_letters(run, by=request.user, now=timezone.now())
    messages.success(request, _("The codes on these letters no longer work."))
    return redirect("waves:letters", run.wave_id)


def _runs(request: ScopedRequest) -> QuerySet[LetterRun]:
    runs = LetterRun.objects.filter(wave__in=waves_of(request.scope))
    return runs.select_related("organisation", "wave")


@needs(Role.HR, on_root=True)
def refused(request: ScopedRequest) -> HttpResponse:
    people = refused_people(request.scope.organisation)
    return render(request, "surveys/waves/refused.html", {"people": people})


@needs(Role.HR, on_root=True)
@require_POST
def allow(request: ScopedRequest, address_id: int) -> HttpResponse:
    addresses = RefusedAddress.objects.filter(organisation=request.scope.organisation)
    address = get_object_or_404(addresses.select_related("organisation"), pk=address_id)
    allow_again(address, by=request.user, now=timezone.now())
    messages.success(request, _("%(email)s gets mail again from the next wave.") % {"email": address.email})
    return redirect("waves:refused")
