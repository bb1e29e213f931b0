from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation

from accounts.models import User
from accounts.speaking import language_of


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Users come from the import or from an administrator; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of who reads it; who asks has not signed in, so the page's may be another one."""
        receiver = User.objects.filter(email__iexact=email).select_related("organisation").first()
        language = language_of(receiver) if receiver else None
        with translation.override(language or translation.get_language()):
            super().send_mail(template_prefix, email, context)
