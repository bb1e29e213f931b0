"""Says in words where a question became another version along the waves of a page."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from results.queries import Sheet
from surveys.models import Wave, WaveQuestion


def begins_anew(sheet: Sheet, waves: Sequence[Wave], question: WaveQuestion) -> Wave | None:
    """The wave from which on this line is asked instead of another one, if that happened in these waves."""
    before = sheet.lines.line_before(question.question_id)
    if before is None or not any(sheet.version(wave, before) for wave in waves):
        return None
    return next((wave for wave in waves if sheet.version(wave, question.question_id)), None)


def note_on(sheet: Sheet, waves: Sequence[Wave], question: WaveQuestion) -> str:
    """One sentence about the question's newest change within these waves, "" without one."""
    if wave := begins_anew(sheet, waves, question):
        return _("Asks something else since %(wave)s: figures from before are not compared.") % {"wave": wave}
    if not sheet.lines.has_versions(question.question_id):
        return ""
    versions = [(wave, sheet.version(wave, question.question_id)) for wave in waves]
    asked = [(wave, version.question_id) for wave, version in versions if version is not None]
    if len({question_id for _wave, question_id in asked}) < 2:
        return ""
    wave = next(wave for wave, question_id in asked if question_id == question.question_id)
    return _("In other words since %(wave)s. It asks the same, so the line goes on.") % {"wave": wave}


def note_on_theme(sheet: Sheet, waves: Sequence[Wave], questions: Sequence[WaveQuestion]) -> str:
    """One sentence when questions of the theme were replaced by ones that ask something else."""
    found = [wave for one in questions if (wave := begins_anew(sheet, waves, one))]
    if not found:
        return ""
    newest = max(found, key=lambda wave: wave.opened_at)
    return _(
        "A question of this theme asks something else since %(wave)s. "
        "So part of a change since then may come from the question."
    ) % {"wave": newest}
