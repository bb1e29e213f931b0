"""Who asks: a program with a token, or a signed-in user who looks around in a browser."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.api_tokens import token_of
from accounts.models import ApiToken, User
from orgunits.access import RESULT_ROLES, scope_of

KEYWORD = "Bearer"


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).decode("latin-1").split()
        if not words or words[0].lower() != KEYWORD.lower():
            return None
        token = token_of(words[1], on=timezone.localdate()) if len(words) == 2 else None
        if token is None:
            raise AuthenticationFailed(
                _("This token does not work: it is unknown, withdrawn or past its last day.")
            )
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD


class MayRead(BasePermission):
    """Someone with results in reach, and a token, if it is one, that is for this kind of thing."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.user, User):
            return False
        view.scope = scope_of(request.user, on=timezone.localdate())  # type: ignore[attr-defined]
        if not view.scope.has(*RESULT_ROLES):  # type: ignore[attr-defined]
            return False
        reads: str = getattr(view, "reads", "")
        if isinstance(request.auth, ApiToken) and reads not in request.auth.reads:
            self.message = _("This token is not for reading %(what)s.") % {
                "what": ApiToken.Reads(reads).label
            }
            return False
        return True


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API names the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
