from __future__ import annotations

import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

import accounts.webhooks.models  # noqa: F401 # loaded with the app
from accounts.languages import check_language, default_language

AT_NOWHERE = "@erased.invalid"  # the address of someone who was erased


def check_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("‘%(name)s’ is not a time zone. Use one such as Europe/Amsterdam."), params={"name": name}
        )


class Organisation(models.Model):  # type: ignore[django-manager-missing] # treebeard is untyped
    """The tenant: everything else belongs to exactly one."""

    class MinimumGroup(models.IntegerChoices):
        FIVE = 5, _("5 people")
        SEVEN = 7, _("7 people")
        TEN = 10, _("10 people")

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Amsterdam", validators=[check_time_zone]
    )
    language = models.CharField(
        _("language"), max_length=8, default=default_language, validators=[check_language]
    )
    minimum_group = models.PositiveSmallIntegerField(
        _("minimum group"), choices=MinimumGroup.choices, default=MinimumGroup.FIVE
    )
    sender_name = models.CharField(_("sender name"), max_length=200, blank=True)
    reply_to = models.EmailField(_("reply-to address"), blank=True)
    country = models.CharField(_("country"), max_length=2, default="NL")
    subdivision = models.CharField(_("province or region"), max_length=10, blank=True)
    mails_per_minute = models.PositiveIntegerField(_("mails per minute"), default=600)
    # Months after a wave closed; see accounts.retention for the bounds.
    answers_kept = models.PositiveSmallIntegerField(default=24, db_default=24)
    invitations_kept = models.PositiveSmallIntegerField(default=6, db_default=6)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(minimum_group__in=[5, 7, 10]), name="organisation_minimum_group_allowed"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


class Look(models.Model):
    """An organisation's own logo and colour, in mails and on the answering page."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="look")
    colour = models.CharField(max_length=7, blank=True)  # such as #0a5768; empty: the product's own
    logo = models.BinaryField(null=True)  # a PNG that was made here, never the file as it came
    logo_width = models.PositiveSmallIntegerField(default=0)  # as shown
    logo_height = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"look of {self.organisation_id}"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Without a password the user signs in with a code by e-mail."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Someone who signs in; what they may see follows from their roles (see `orgunits.access`)."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="users"
    )
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(
        _("language"), max_length=8, default=default_language, validators=[check_language]
    )
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        """Empty for someone who was erased."""
        return self.name or ("" if self.email.endswith(AT_NOWHERE) else self.email)


class ApiToken(models.Model):
    """Lets a program read what its user may see, as far as `reads` names it. Its secret is not kept."""

    class Reads(models.TextChoices):
        UNITS = "units", _("units")
        WAVES = "waves", _("cycles and waves")
        PARTICIPATION = "participation", _("participation")
        FIGURES = "figures", _("figures")
        SIGNALS = "signals", _("signals")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="api_tokens")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    reads = ArrayField(models.CharField(max_length=13, choices=Reads.choices))
    made_at = models.DateTimeField()
    expires_on = models.DateField()  # the last day on which it works
    last_used_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    @property
    def reads_what(self) -> list[str]:
        return [str(self.Reads(one).label) for one in self.reads]


class AuditEvent(models.Model):
    """Who did what, when. The database refuses to change or delete a row (see the migration)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="audit_events")
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=64)
    target = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.target}"
