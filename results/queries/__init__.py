"""Released figures for pages, exports and mails. Callers pass only units that their viewer may see."""

from results.queries.live import live_figures
from results.queries.participation import (
    UnitsAsked,
    participation,
    participation_so_far,
    unit_paths,
    units_asked,
)
from results.queries.sheet import Sheet, sheet
from results.queries.waves import (
    HeldBack,
    WavesOfUnit,
    choices,
    closed_wave,
    closed_waves,
    closed_waves_bare,
    questions,
    questions_of,
    released_waves,
    themes,
    waves_of_unit,
    with_questions,
    withdrawn_since,
)

__all__ = [
    "HeldBack",
    "Sheet",
    "UnitsAsked",
    "WavesOfUnit",
    "choices",
    "closed_wave",
    "closed_waves",
    "closed_waves_bare",
    "live_figures",
    "participation",
    "participation_so_far",
    "questions",
    "questions_of",
    "released_waves",
    "sheet",
    "themes",
    "unit_paths",
    "units_asked",
    "waves_of_unit",
    "with_questions",
    "withdrawn_since",
]
