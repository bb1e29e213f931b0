from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from accounts.languages import check_language, default_language
from accounts.models import Organisation


class OrgUnitQuerySet(MP_NodeQuerySet):  # type: ignore[misc]
    def current(self) -> OrgUnitQuerySet:
        return cast(OrgUnitQuerySet, self.filter(ended_on=None))

    def at_or_below(self, paths: Iterable[str]) -> OrgUnitQuerySet:
        """The units with these paths, and all below them."""
        found = models.Q(pk__in=[])
        for path in dict.fromkeys(paths):
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
    language = models.CharField(
        _("language"), max_length=8, default=default_language, validators=[check_language]
    )
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    leaves_on = models.DateField(null=True, blank=True)  # the last day of work, once it is known
    moved_on = models.DateField(null=True, blank=True)  # when an import last gave them another unit
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


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def waiting(self) -> ImportRunQuerySet:
        """With a step that a worker has to take, or is taking."""
        return self.filter(state__in=ImportRun.WAITING)


class ImportRun(models.Model):
    """One uploaded file: read, previewed, then applied whole or not at all, and perhaps undone."""

    class State(models.TextChoices):
        READING = "reading", _("being read")
        MAPPING = "mapping", _("asks about columns")
        PREVIEWED = "previewed", _("ready to apply")
        REFUSED = "refused", _("has errors")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    WAITING = (State.READING, State.APPLYING, State.UNDOING)

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
    asked_by = models.ForeignKey(  # who asked for the step that is waiting
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)  # at the step that is waiting
    note = models.TextField(blank=True)  # why the last step was not taken
    lineage = models.JSONField(default=dict)  # what HR says became of units: unit id → Fate

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-uploaded_at"])]

    def __str__(self) -> str:
        return self.file_name


class ImportChange(models.Model):
    """One line of a preview. Kept for the newest file only, since it names people."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes", db_index=False)
    kind = models.CharField(max_length=24)
    subject = models.TextField()
    unit = models.TextField(blank=True)
    values = models.JSONField(default=dict)  # field → [before, after]

    class Meta:
        indexes = [models.Index(fields=["run", "kind"]), models.Index(fields=["run", "id"])]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"


class ImportTrace(models.Model):
    """A row as it was before and after the last applied import, so that this can be undone.

    `before` is empty for a row that the import made.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="traces", db_index=False)
    table = models.CharField(max_length=63)
    row = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint("run", "table", "row", name="import_trace_once")]

    def __str__(self) -> str:
        return f"{self.table}:{self.row}"


class ImportColumn(models.Model):
    """What a column of an organisation's own files means; remembered from the last time it was asked."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="import_columns")
    name = models.CharField(max_length=200)  # as in the file, in lower case
    meaning = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint("organisation", "name", name="import_column_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.meaning}"


class UnitLineage(models.Model):
    """Where the people of a unit went in a reorganisation, as HR confirmed it.

    `weight` is the share of the unit's people who went to `to_unit`; the weights of a unit in one import
    add up to 1. A unit that keeps some of its people is also its own `to_unit`.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="unit_lineages")
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lineages")
    from_unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="became")
    to_unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="came_from")
    people = models.PositiveIntegerField()
    weight = models.FloatField()
    on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint("run", "from_unit", "to_unit", name="unit_lineage_once"),
            models.CheckConstraint(condition=models.Q(weight__gt=0, weight__lte=1), name="lineage_weight"),
        ]
        indexes = [models.Index(fields=["organisation", "on"])]

    def __str__(self) -> str:
        return f"{self.from_unit} → {self.to_unit}"


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
