"""A conversation guide: one theme of one unit, to print and take to the team meeting."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404
from django.utils.translation import gettext

from dashboards.guide.texts import Talk, talk_about
from dashboards.unit.lines import ThemeLine
from dashboards.unit.page import Step, path_to
from dashboards.unit.standing import standing
from orgunits.access import Scope
from orgunits.models import OrgUnit
from surveys.models import Wave


@dataclass(frozen=True, slots=True)
class Guide:
    unit: OrgUnit
    path: list[Step]
    wave: Wave
    instead: OrgUnit | None
    above_name: str
    theme: ThemeLine
    talk: Talk


def guide(scope: Scope, unit: OrgUnit, theme_code: str, *, wave_id: int | None = None) -> Guide:
    ancestors = list(unit.get_ancestors())
    found = standing(unit, ancestors, wave_id=wave_id)
    themes = found.lines().themes() if found else []
    theme = next((one for one in themes if one.code == theme_code), None)
    if found is None or theme is None:
        raise Http404
    return Guide(
        unit=unit,
        path=path_to(scope, [*ancestors, unit], gettext("Conversation guide")),
        wave=found.times.wave,
        instead=found.instead,
        above_name=found.above.name if found.above else "",
        theme=theme,
        talk=talk_about(theme_code),
    )
