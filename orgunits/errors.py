from django.core.exceptions import ValidationError


class OrgUnitError(ValidationError):
    """A unit or a role cannot be changed this way; the message says why, and what would work."""
