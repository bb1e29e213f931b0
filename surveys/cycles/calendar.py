"""The days on which an organisation is not asked: public holidays of its country, and periods of its own."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles.closed_days import public_holidays
from surveys.cycles.closing import add_period, change_country, remove_period
from surveys.cycles.forms import CountryForm, QuietPeriodForm
from surveys.models import QuietPeriod


@needs(Role.HR, on_root=True)
def closed_days(request: ScopedRequest) -> HttpResponse:
    organisation, posted = request.scope.organisation, request.POST.get("form")
    country = CountryForm(request.POST if posted == "country" else None, organisation=organisation)
    period = QuietPeriodForm(request.POST if posted == "period" else None)
    try:
        if posted == "country" and country.is_valid():
            change_country(organisation, **country.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("The country has been saved."))
            return redirect("surveys:closed_days")
        if posted == "period" and period.is_valid():
            add_period(organisation, **period.cleaned_data, by=request.user, now=timezone.now())
            messages.success(request, _("The period has been added."))
            return redirect("surveys:closed_days")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    organisation.refresh_from_db()
    context = {
        "country_form": country,
        "period_form": period,
        "periods": organisation.quiet_periods.filter(last_day__gte=timezone.localdate()),
        "holidays": _coming_holidays(organisation.country, organisation.subdivision),
    }
    return render(request, "surveys/closed_days.html", context)


@needs(Role.HR, on_root=True)
@require_POST
def remove(request: ScopedRequest, period_id: int) -> HttpResponse:
    period = get_object_or_404(QuietPeriod, organisation=request.scope.organisation, pk=period_id)
    remove_period(period, by=request.user, now=timezone.now())
    messages.success(request, _("The period has been removed."))
    return redirect("surveys:closed_days")


def _coming_holidays(country: str, subdivision: str) -> list[tuple[date, str]]:
    today = timezone.localdate()
    known = public_holidays(country, subdivision, get_language() or "")
    for year in (today.year, today.year + 1):
        known.get(today.replace(year=year, month=1, day=1))  # works the year out
    return sorted((day, str(name)) for day, name in known.items() if day >= today)[:12]
