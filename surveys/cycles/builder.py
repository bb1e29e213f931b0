"""The page on which HR makes a cycle. What is filled in is saved after each change, as one form.

With script, htmx sends the form and gets back what follows from it; without, a button does the same.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.languages import language_codes
from orgunits.access import ScopedRequest, needs
from orgunits.models import OrgUnit, Role
from surveys.cycles import queries
from surveys.cycles.audience_tree import audience_branch, audience_tree
from surveys.cycles.checks import checks
from surveys.cycles.date_lines import date_lines
from surveys.cycles.drafts import (
    StaleDraftError,
    copied_plan,
    empty_plan,
    save_draft,
    start_draft,
    stored_plan,
)
from surveys.cycles.forms import CycleForm
from surveys.cycles.headcount import headcount
from surveys.cycles.months import months, weekdays
from surveys.cycles.outlook import outlook
from surveys.cycles.plans import CyclePlan
from surveys.cycles.question_ticks import theme_ticks
from surveys.cycles.renewal import ancestors_of, renewals_of
from surveys.cycles.rotation import Rotation, rotation_of_plan
from surveys.cycles.templates import TEMPLATES
from surveys.cycles.words import in_words
from surveys.journeys.forms import form_for
from surveys.journeys.templates import JOURNEYS
from surveys.models import Cycle


@needs(Role.HR)
def new(request: ScopedRequest) -> HttpResponse:
    """Choose what to begin with. Only a POST makes the draft."""
    if request.method == "POST":
        plan = _beginning(request, request.POST.get("begin", ""))
        draft = start_draft(request.scope.organisation, plan=plan, by=request.user, now=timezone.now())
        return redirect("surveys:cycle_edit", draft.pk)
    earlier = queries.cycles_of(request.scope).order_by("-created_at")[:50]
    return render(
        request, "surveys/cycle_new.html", {"templates": TEMPLATES, "journeys": JOURNEYS, "earlier": earlier}
    )


def _beginning(request: ScopedRequest, begin: str) -> CyclePlan:
    today = timezone.localdate()
    template = next((one for one in (*TEMPLATES, *JOURNEYS) if one.key == begin), None)
    if template is not None:
        return template.plan(request.scope, today=today)
    if begin == "earlier":
        return _copy(request, request.POST.get("cycle", ""), today)
    return empty_plan(queries.top_units(request.scope), today=today)


def _copy(request: ScopedRequest, cycle_id: str, today: date) -> CyclePlan:
    cycles = queries.cycles_of(request.scope)
    return copied_plan(get_object_or_404(cycles, pk=number_in(cycle_id)), today=today)


def number_in(text: str) -> int:
    """0, which no row has, for what is no number of a row."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@needs(Role.HR)
def edit(request: ScopedRequest, cycle_id: int) -> HttpResponse:
    cycles = queries.cycles_of(request.scope).prefetch_related("units", "excluded_units")
    cycle = get_object_or_404(cycles, pk=cycle_id)
    if cycle.state != Cycle.State.DRAFT:
        messages.error(request, _("Only a draft can be changed. Make a new cycle instead."))
        return redirect("surveys:cycle", cycle.pk)
    stored = stored_plan(cycle)
    if request.method == "POST":
        return _save(request, cycle, stored)
    form = form_for(cycle, request.scope, kept=stored.questions, plan=stored)
    return _page(request, cycle, form, rotation=rotation_of_plan(stored))


def _save(request: ScopedRequest, cycle: Cycle, stored: CyclePlan) -> HttpResponse:
    form = form_for(cycle, request.scope, _sent(request), kept=stored.questions)
    form.is_valid()
    version = request.POST.get("overwrite") or request.POST.get("version", "")
    try:
        saved = save_draft(
            cycle,
            plan=form.plan(stored),
            version=number_in(version),
            by=request.user,
            now=timezone.now(),
        )
    except StaleDraftError as error:
        return _page(request, error.draft, form, differs=_differing(form, error.draft))
    except ValidationError as error:
        form.refuse(error)
        return _page(request, cycle, form)
    if form.errors or _is_live(request):
        return _page(request, saved, form)
    if unfolded := number_in(request.POST.get("unfold", "")):
        return redirect(
            f"{reverse('surveys:cycle_edit', args=[saved.pk])}?unfold={unfolded}#units-{unfolded}"
        )
    messages.success(request, _("The draft has been saved."))
    place = "#id_questions" if "newer" in request.POST else ""
    return redirect(reverse("surveys:cycle_edit", args=[saved.pk]) + place)


def _sent(request: ScopedRequest) -> QueryDict:
    """What was filled in, with the newer version of a question in the place of the older if HR chose it."""
    offered = queries.questions_for(request.scope.organisation)
    newer = offered.filter(pk=number_in(request.POST.get("newer", ""))).first()
    if newer is None:
        return request.POST
    sent = request.POST.copy()
    older = {str(pk) for pk in ancestors_of(newer)}
    kept = [pk for pk in sent.getlist("questions") if pk not in older]
    sent.setlist("questions", [*kept, str(newer.pk)])
    return sent


@needs(Role.HR)
def branch(request: ScopedRequest, cycle_id: int, unit_id: int) -> HttpResponse:
    """Units below one in the tree, when it is unfolded."""
    drafts = queries.cycles_of(request.scope).filter(state=Cycle.State.DRAFT)
    cycle = get_object_or_404(drafts, pk=cycle_id)
    unit: OrgUnit = get_object_or_404(queries.units_of(request.scope), pk=unit_id)
    heads = headcount(request.scope.organisation)
    return HttpResponse(audience_branch(request.scope, cycle, unit, heads=heads))


def _differing(form: CycleForm, draft: Cycle) -> list[str]:
    """Labels of the fields in which what was typed differs from what someone else saved."""
    theirs = stored_plan(draft)
    mine = form.plan(theirs)
    names = [name for name in CyclePlan.__dataclass_fields__ if getattr(mine, name) != getattr(theirs, name)]
    labels = {"recurrence": "rhythm"}
    if theirs.kind != Cycle.Kind.RECURRING:
        labels = {"recurrence": "period", "days_after": "days"}
    fields = [labels.get(name, name) for name in names if name != "intros"]
    fields += [
        f"intro_{code}" for code in language_codes() if mine.intros.get(code) != theirs.intros.get(code)
    ]
    return [str(form.fields[name].label) for name in fields]


def _is_live(request: ScopedRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _page(
    request: ScopedRequest,
    cycle: Cycle,
    form: CycleForm,
    *,
    differs: list[str] | None = None,
    rotation: Rotation | None = None,
) -> HttpResponse:
    cycle.organisation = request.scope.organisation
    prefetch_related_objects([cycle], "units", "excluded_units")
    prefetch_related_objects([cycle.organisation], "quiet_periods")
    now = timezone.now()
    heads = headcount(cycle.organisation)
    found = outlook(cycle, now=now, heads=heads, rotation=rotation)
    renewals = renewals_of(cycle, found.rotation.all_questions)
    context: dict[str, Any] = {
        "form": form,
        "cycle": cycle,
        "outlook": found,
        "sentence": in_words(found),
        "checks": checks(found, now=now),
        "renewals": renewals,
        "unread": form.unread(),
        "is_stale": differs is not None,
        "differs": differs,
        "saved_at": cycle.changed_at,
        "dates": date_lines(found),
        "months": months(found),
        "weekdays": weekdays(),
        "version": request.POST.get("version", "") if differs is not None else cycle.version,
    }
    if _is_live(request):
        return render(request, "surveys/builder/live.html", context)
    context |= {
        "tree": audience_tree(
            request.scope,
            cycle,
            form.chosen("units"),
            form.chosen("excluded_units"),
            heads=heads,
            unfolded=number_in(request.POST.get("unfold") or request.GET.get("unfold", "")),
        ),
        "themes": theme_ticks(
            queries.theme_choices(
                request.scope.organisation,
                form.chosen("questions"),
                form.chosen("rotating") if "rotating" in form.fields else (),
                kept=found.rotation.all_questions,
                offered_apart={renewal.new.pk for renewal in renewals},
            ),
            may_rotate=not cycle.is_journey,
        ),
    }
    status = 409 if differs is not None else 200
    return render(request, "surveys/builder/page.html", context, status=status)
