from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Django has changed these words and not translated them since."""

    def get_error_message(self) -> str:
        return _("This password is too short: it needs at least %(number)d characters.") % {
            "number": self.min_length
        }
