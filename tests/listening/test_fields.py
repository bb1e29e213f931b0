"""Fields that are written without a template look as Django's own templates write them."""

from __future__ import annotations

from django.forms import Select
from django.forms.renderers import DjangoTemplates, TemplatesSetting

CHOICES = [("", "–"), ("a", 'A & "B"'), ("Group <1>", [(1, "one"), (2, "two")])]


def test_a_select_has_its_options_and_groups() -> None:
    widget = Select({"class": "wide", "required": True, "disabled": False}, CHOICES)
    ours, djangos = (widget.render("one", 2, renderer=of()) for of in (TemplatesSetting, DjangoTemplates))
    assert "".join(map(str.strip, ours.splitlines())) == "".join(map(str.strip, djangos.splitlines()))
