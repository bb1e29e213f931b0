from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgunits.access import ScopedRequest, needs
from orgunits.models import Role, RoleGrant
from orgunits.roles import queries, services
from orgunits.roles.forms import GrantForm
from orgunits.tree import today


@needs(Role.HR, on_root=True)
def roles(request: ScopedRequest) -> HttpResponse:
    """Who holds which role; and giving one."""
    organisation, now = request.scope.organisation, timezone.now()
    day = today(organisation, now)
    form = GrantForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and form.is_valid():
        try:
            grant = services.grant_role_by_email(organisation, **form.cleaned_data, by=request.user, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            said = _("%(user)s has the role now, and gets a mail about it.")
            messages.success(request, said % {"user": grant.user.email})
            return redirect("orgunits:roles")
    context = {
        "form": form,
        "grants": queries.granted_by_hand(organisation, on=day),
        "manager_count": queries.manager_count(organisation, on=day),
        "today": day,
    }
    return render(request, "orgunits/roles.html", context)


@needs(Role.HR, on_root=True)
@require_POST
def end(request: ScopedRequest, grant_id: int) -> HttpResponse:
    by_hand = RoleGrant.objects.filter(organisation=request.scope.organisation, from_import=False)
    grant = get_object_or_404(by_hand, pk=grant_id)
    try:
        services.end_role(grant, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The role has ended."))
    return redirect("orgunits:roles")
