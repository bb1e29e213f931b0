from django.core.exceptions import ValidationError


class ActionError(ValidationError):
    """An action cannot be planned or closed like this; the message says why, and what would work."""
