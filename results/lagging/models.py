from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import OrgUnit
from surveys.models import Theme


class Indicator(models.Model):
    """A figure that HR keeps per unit and month; `compared_at`: when it was last laid beside the themes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="indicators")
    name = models.CharField(_("name"), max_length=100)
    unit_of_measure = models.CharField(_("measured in"), max_length=20, blank=True)
    changed_at = models.DateTimeField()
    compared_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("organisation", "name", name="indicator_name_once")]

    def __str__(self) -> str:
        return self.name


class IndicatorValue(models.Model):
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="values")
    unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day
    value = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint("indicator", "unit", "month", name="indicator_value_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="indicator_value_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.value} in {self.month:%Y-%m}"


class LeadLag(models.Model):
    """How a theme and an indicator moved together, at the shift of months at which they did so most.

    months: the theme ran so far ahead; below 0 the indicator did. earliest..latest: its 90 % interval.
    chance: how often units whose themes are dealt out at random show as much; None with too few units.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+", db_index=False)
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="comparisons")
    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="+")
    months = models.SmallIntegerField()
    earliest = models.SmallIntegerField()
    latest = models.SmallIntegerField()
    correlation = models.FloatField()
    lowest = models.FloatField()
    highest = models.FloatField()
    chance = models.FloatField(null=True)
    pairs = models.PositiveIntegerField()
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("indicator", "theme", name="lead_lag_once")]

    def __str__(self) -> str:
        return f"{self.months} months ahead"
