"""The page with HR's own words for the mails of a cycle; it saves itself, as the builder does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.languages import language_choices, language_codes, supported
from orgunits.access import ScopedRequest, needs
from orgunits.models import Role
from surveys.cycles import queries
from surveys.cycles.builder import number_in
from surveys.cycles.texts import StaleTextsError, TextsForm, initial_of, save_texts
from surveys.mailing.texts import PERSONAL, PLACEHOLDERS
from surveys.models import Cycle


@needs(Role.HR)
def texts(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    cycle = get_object_or_404(
        queries.cycles_of(request.scope).select_related("organisation", "texts_changed_by"), pk=cycle_id
    )
    language = _language(request, cycle)
    if request.method == "POST":
        return _save(request, cycle, language)
    form = TextsForm(initial=initial_of(cycle, language), language=language)
    return _page(request, cycle, form)


def _save(request: ScopedRequest, cycle: Cycle, language: str) -> HttpResponse:
    form = TextsForm(request.POST, language=language)
    form.is_valid()
    version = request.POST.get("overwrite") or request.POST.get("version", "")
    try:
        saved = save_texts(
            cycle,
            language=language,
            texts=form.texts(cycle.mail_texts.get(language, {})),
            version=number_in(version),
            by=request.user,
            now=timezone.now(),
        )
    except StaleTextsError as error:
        return _page(request, error.cycle, form, is_stale=True)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, cycle, form)
    if form.errors or _is_live(request):
        return _page(request, saved, form)
    messages.success(request, _("The texts have been saved."))
    return redirect(f"{reverse('surveys:cycle_texts', args=[saved.pk])}?lang={language}")


def _page(request: ScopedRequest, cycle: Cycle, form: TextsForm, *, is_stale: bool = False) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "cycle": cycle,
        "language": form.language,
        "languages": _languages(cycle),
        "placeholders": [(name, label, name in PERSONAL) for name, label in PLACEHOLDERS.items()],
        "is_stale": is_stale,
        "version": request.POST.get("version", "") if is_stale else cycle.texts_version,
    }
    if _is_live(request):
        return render(request, "surveys/texts/top.html", context)
    status = 409 if is_stale else 200
    return render(request, "surveys/texts/page.html", context, status=status)


def _languages(cycle: Cycle) -> list[tuple[str, str]]:
    spoken = cycle.languages or language_codes()
    return [(code, name) for code, name in language_choices() if code in spoken]


def _language(request: ScopedRequest, cycle: Cycle) -> str:
    codes = [code for code, _name in _languages(cycle)]
    asked = supported(request.GET.get("lang")) or translation.get_language() or ""
    return asked if asked in codes else codes[0]


def _is_live(request: ScopedRequest) -> bool:
    return bool(getattr(request, "htmx", False))
