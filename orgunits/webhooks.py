"""The pages on which HR and IT say which other systems hear that something happened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.webhooks import services
from accounts.webhooks.models import TRIES, Webhook
from orgunits.access import Scope, ScopedRequest, needs
from orgunits.models import Role

LISTED = 50  # messages on a page
WEBHOOK_ROLES = (Role.HR, Role.IT_ADMINISTRATOR)


class WebhookForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the other system"),
        max_length=100,
        help_text=gettext_lazy("Such as: tasks of HR."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput({"autocomplete": "off"}),
        help_text=gettext_lazy("The other system tells you which; it begins with https://."),
    )
    events = forms.MultipleChoiceField(
        label=gettext_lazy("It hears of"),
        choices=Webhook.Event.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=Webhook.Event.values,
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        services.check_address(url)
        return url


@needs(*WEBHOOK_ROLES, on_root=True)
@never_cache
def webhooks(request: ScopedRequest) -> HttpResponse:
    """The secret of a new one is part of the answer to its own POST, and of no other page."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = services.make_webhook(request.user, now=timezone.now(), **form.cleaned_data)
            return _page(request, made, secret)
        except ValidationError as error:
            form.add_error(None, error)
    context = {"form": form, "webhooks": _in_reach(request.scope)}
    return render(request, "orgunits/webhooks.html", context)


@needs(*WEBHOOK_ROLES, on_root=True)
@require_safe
@never_cache
def webhook(request: ScopedRequest, webhook_id: int) -> HttpResponse:
    return _page(request, _webhook_or_404(request.scope, webhook_id))


@needs(*WEBHOOK_ROLES, on_root=True)
@require_POST
@never_cache
def webhook_secret(request: ScopedRequest, webhook_id: int) -> HttpResponse:
    found = _webhook_or_404(request.scope, webhook_id)
    return _page(request, found, services.renew_secret(found, by=request.user, now=timezone.now()))


@needs(*WEBHOOK_ROLES, on_root=True)
@require_POST
def webhook_test(request: ScopedRequest, webhook_id: int) -> HttpResponse:
    found = _webhook_or_404(request.scope, webhook_id)
    try:
        services.send_test(found, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("A test message is on its way. Look at this page again in a moment."))
    return redirect("orgunits:webhook", found.pk)


@needs(*WEBHOOK_ROLES, on_root=True)
@require_POST
def webhook_switch(request: ScopedRequest, webhook_id: int) -> HttpResponse:
    found = _webhook_or_404(request.scope, webhook_id)
    if request.POST.get("to") == "on":
        services.switch_on(found, by=request.user, now=timezone.now())
        messages.success(request, _("On. What was waiting is on its way."))
    else:
        services.switch_off(found, by=request.user, now=timezone.now())
        messages.success(request, _("Off. The other system hears nothing any more."))
    return redirect("orgunits:webhook", found.pk)


@needs(*WEBHOOK_ROLES, on_root=True)
@require_POST
def webhook_remove(request: ScopedRequest, webhook_id: int) -> HttpResponse:
    found = _webhook_or_404(request.scope, webhook_id)
    services.remove(found, by=request.user, now=timezone.now())
    messages.success(request, _("‘%(name)s’ is removed, with its messages.") % {"name": found.name})
    return redirect("orgunits:webhooks")


def _in_reach(scope: Scope) -> Any:
    return Webhook.objects.filter(organisation=scope.organisation).order_by("name", "pk")


def _webhook_or_404(scope: Scope, webhook_id: int) -> Webhook:
    found: Webhook = get_object_or_404(
        _in_reach(scope).select_related("organisation", "set_by"), pk=webhook_id
    )
    return found


def _page(request: ScopedRequest, found: Webhook, secret: str = "") -> HttpResponse:
    context = {
        "webhook": found,
        "secret": secret,
        "old_until": found.secrets.filter(ends_at__gt=timezone.now())
        .values_list("ends_at", flat=True)
        .first(),
        "deliveries": found.deliveries.order_by("-made_at", "-pk")[:LISTED],
        "most_tries": TRIES,
    }
    return render(request, "orgunits/webhook.html", context)
