from django.core.exceptions import ValidationError


class AccountError(ValidationError):
    """Something about a user that cannot be done; the message says what to do instead."""
