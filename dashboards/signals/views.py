from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dashboards.actions.pages import signal_actions
from dashboards.signals.pages import signal_list, signal_page
from orgunits.access import Scope, ScopedRequest, needs
from orgunits.models import Role
from results.signals import queries, services
from results.signals.models import DigestChoice, Signal, SignalSetting


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_safe
def signals(request: ScopedRequest) -> HttpResponse:
    return render(request, "dashboards/signals.html", {"page": signal_list(request.scope)})


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_safe
def signal(request: ScopedRequest, signal_id: int) -> HttpResponse:
    found = _signal_or_404(request.scope, signal_id)
    context = {
        "page": signal_page(request.scope, found),
        "states": Signal.State,
        "actions": signal_actions(found, request.scope, on=timezone.localdate()),
    }
    return render(request, "dashboards/signals_one.html", context)


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_POST
def signal_state(request: ScopedRequest, signal_id: int) -> HttpResponse:
    found = _signal_or_404(request.scope, signal_id)
    state, _colon, reason = request.POST.get("state", "").partition(":")
    try:
        services.change_state(found, state, reason=reason, by=request.user, now=timezone.now())
    except ValueError:
        raise Http404 from None
    messages.success(request, _("Noted. Everyone who sees this signal sees what you do about it."))
    return redirect("signal", found.pk)


@needs(Role.HR, on_root=True)
@require_POST
def signal_sensitivity(request: ScopedRequest) -> HttpResponse:
    chosen = request.POST.get("sensitivity", "")
    if chosen in SignalSetting.Sensitivity.values:
        services.set_sensitivity(request.scope.organisation, chosen, by=request.user, now=timezone.now())
        messages.success(request, _("Saved. It holds from the next wave on."))
    return redirect("signals")


@needs(Role.HR, Role.DIRECTOR, Role.MANAGER)
@require_POST
def signal_digest(request: ScopedRequest) -> HttpResponse:
    chosen = request.POST.get("frequency", "")
    if chosen in DigestChoice.Frequency.values:
        services.choose_digest(request.user, chosen, now=timezone.now())
        messages.success(request, _("Saved."))
    return redirect("signals")


def _signal_or_404(scope: Scope, signal_id: int) -> Signal:
    found = queries.signals_in_reach(scope).filter(pk=signal_id).first()
    if found is None:
        raise Http404
    return found
