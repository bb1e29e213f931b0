from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import OrgUnit


def units_of(organisation: Organisation) -> QuerySet[OrgUnit]:
    return cast(QuerySet[OrgUnit], OrgUnit.objects.current().filter(organisation=organisation))


class UnitChoiceField(forms.ModelChoiceField[OrgUnit]):
    """Units in tree order, with a dash per level. A form sets its own organisation's units."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=OrgUnit.objects.none(), **options)

    def label_from_instance(self, unit: OrgUnit) -> str:
        return f"{'– ' * (unit.depth - 1)}{unit.name}"


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)


class MoveForm(forms.Form):
    new_parent = UnitChoiceField(label=_("Move under"), empty_label=None)

    def __init__(self, *args: Any, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = units_of(unit.organisation).exclude(path__startswith=unit.path)
        cast(UnitChoiceField, self.fields["new_parent"]).queryset = above
