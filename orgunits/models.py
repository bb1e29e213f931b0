from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from accounts.models import Organisation


class OrgUnitQuerySet(MP_NodeQuerySet):  # type: ignore[misc]
    def current(self) -> OrgUnitQuerySet:
        return cast(OrgUnitQuerySet, self.filter(ended_on=None))

    def at_or_below(self, paths: Iterable[str]) -> OrgUnitQuerySet:
        """The units with these paths, and all below them."""
        found = models.Q(pk__in=[])
        for path in paths:
            found |= models.Q(path__startswith=path)
        return cast(OrgUnitQuerySet, self.filter(found))


class OrgUnitManager(MP_NodeManager):  # type: ignore[misc]
    def get_queryset(self) -> OrgUnitQuerySet:
        return cast(OrgUnitQuerySet, OrgUnitQuerySet(self.model, using=self._db).order_by("path"))

    def current(self) -> OrgUnitQuerySet:
        return self.get_queryset().current()


class OrgUnit(MP_Node):  # type: ignore[misc]
    """A department, team or any other unit; the tree has one root per organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="units")
    name = models.CharField(_("name"), max_length=200)
    manager = models.ForeignKey(
        "Employee", on_delete=models.SET_NULL, null=True, blank=True, related_name="manages"
    )
    ended_on = models.DateField(null=True, blank=True)

    objects = OrgUnitManager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "path"])]

    def __str__(self) -> str:
        return self.name


class EmployeeQuerySet(models.QuerySet["Employee"]):
    def employed(self) -> EmployeeQuerySet:
        return self.filter(left_on=None)


class Employee(models.Model):  # type: ignore[django-manager-missing] # treebeard is untyped
    """Someone who can be invited. Leavers keep their row, with `left_on` set."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="employees")
    employee_id = models.CharField(_("employee number"), max_length=64)
    email = models.EmailField(_("e-mail address"), blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="employees")
    manager = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="nl")
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    traits = models.JSONField(default=dict, blank=True)

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organisation", "employee_id", name="employee_number_once"),
            models.UniqueConstraint(
                "organisation",
                Lower("email"),
                condition=models.Q(left_on=None) & ~models.Q(email=""),
                name="employee_email_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.employee_id


class Role(models.TextChoices):
    HR = "hr", _("HR administrator")
    DIRECTOR = "director", _("Director")
    MANAGER = "manager", _("Manager")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    IT_ADMINISTRATOR = "it_administrator", _("IT administrator")


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    def valid_on(self, day: date) -> RoleGrantQuerySet:
        return self.not_ended_before(day).filter(starts_on__lte=day)

    def not_ended_before(self, day: date) -> RoleGrantQuerySet:
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=day))


class RoleGrant(models.Model):
    """A role on a unit and everything below it, from `starts_on` to `ends_on`, both included."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="role_grants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="role_grants")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    from_import = models.BooleanField(default=False)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organisation",
                "user",
                "role",
                "unit",
                condition=models.Q(ends_on=None),
                name="role_grant_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()} ({self.unit})"


class ImportRun(models.Model):
    """One uploaded file: previewed first, then applied whole or not at all."""

    class State(models.TextChoices):
        PREVIEWED = "previewed", _("ready to apply")
        REFUSED = "refused", _("has errors")
        APPLIED = "applied", _("applied")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="import_runs")
    state = models.CharField(max_length=12, choices=State.choices)
    file_name = models.CharField(max_length=200)
    content = models.BinaryField(null=True)  # emptied once applied
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    summary = models.JSONField(default=dict)
    errors = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-uploaded_at"])]

    def __str__(self) -> str:
        return self.file_name


class ChangeEvent(models.Model):
    """Something that changed work for a unit and those below it: a reorganisation, a new system, a move."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="change_events")
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=40)
    on = models.DateField(_("date"))
    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="change_events")

    class Meta:
        indexes = [models.Index(fields=["organisation", "on"])]

    def __str__(self) -> str:
        return self.name
