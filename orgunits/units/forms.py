from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from html import escape
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator, ModelChoiceIteratorValue
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from orgunits.models import OrgUnit


def units_of(organisation: Organisation) -> QuerySet[OrgUnit]:
    return cast(QuerySet[OrgUnit], OrgUnit.objects.current().filter(organisation=organisation))


class UnitChoices(ModelChoiceIterator[OrgUnit]):
    """Read once, without an object for each of thousands of units."""

    @cached_property
    def _choices(self) -> list[tuple[ModelChoiceIteratorValue | str, str]]:
        rows = self.queryset.values_list("pk", "depth", "name")
        return [(str(pk), f"{'– ' * (depth - 1)}{name}") for pk, depth, name in rows]

    def __iter__(self) -> Iterator[tuple[ModelChoiceIteratorValue | str, str]]:
        return iter(self._choices)


class UnitSelect(forms.Select):
    """Django's own goes through two templates for each option; a list may hold every unit.

    So Python's `escape` and not Django's, which first finds out whether a name has to be translated.
    """

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = set(self.format_value(value) or ())
        options = "\n".join(
            f'<option value="{pk}"{" selected" if pk in chosen else ""}>{escape(label)}</option>'
            for pk, label in cast("Iterable[tuple[str, str]]", self.choices)
        )
        own = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return mark_safe(f"<select{flatatt(own)}>{options}</select>")  # noqa: S308  # names are escaped


class UnitChoiceField(forms.ModelChoiceField[OrgUnit]):
    """Units in tree order, with a dash per level. A form sets its own organisation's units."""

    widget = UnitSelect
    iterator = UnitChoices

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=OrgUnit.objects.none(), empty_label=None, **options)


class RenameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)


class MoveForm(forms.Form):
    new_parent = UnitChoiceField(label=_("Move under"))

    def __init__(self, *args: Any, unit: OrgUnit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = units_of(unit.organisation).exclude(path__startswith=unit.path)
        cast(UnitChoiceField, self.fields["new_parent"]).queryset = above
