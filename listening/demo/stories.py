"""What happened in the municipality, and how its people answered: a latent model with planted stories.

Latent scores are on the scale of the answers, 1 to 5, and high is favourable. A person's latent score of a
question in a wave is the sum of the question's level, the effects of department, team and person, a shock of
the team that dies out over a few waves (AR(1)), what the stories add, and noise. Rounded, and turned around
for a reversed question, it is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from listening.replay.recording import Event, Move
from orgunits.imports.people import Person, UnitPath

from .municipality import NAME

WAVES = 26  # the last one is open
WEEKS_APART = 4
LEVELS = {
    "cooperation_1": 3.6,
    "cooperation_3": 3.3,
    "priorities_2": 3.7,
    "clarity_on_paper_1": 3.8,
    "friction_3": 3.2,
    "energy_1": 3.7,
    "change_2": 3.4,
    "voice_2": 3.4,
    "returning_questions_2": 3.6,
}
QUESTIONS = tuple(LEVELS)
REVERSED = frozenset({"cooperation_3", "friction_3"})

DEPARTMENT_SPREAD = 0.18
TEAM_SPREAD = 0.28
PERSON_SPREAD = 0.55
SHOCK_SPREAD = 0.1
SHOCK_STAYS = 0.6
NOISE = 0.6
LEAST_TAKING_PART, MOST_TAKING_PART = 0.6, 0.85
SHARE_SKIPPED = 0.012

Floats = NDArray[np.float64]
Scores = NDArray[np.int64]
Shift = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Story:
    """Adds `shift(wave)` to the latent scores of themes in a unit and below it."""

    unit: str
    themes: tuple[str, ...]
    shift: Shift


def slide(per_wave: float, *, after: int) -> Shift:
    return lambda wave: per_wave * max(wave - after, 0)


def step(size: float, *, at: int, recovers: float = 0.0) -> Shift:
    """From wave `at` on; each wave takes back `recovers` of what is left."""
    return lambda wave: size * (1 - recovers) ** (wave - at) if wave >= at else 0.0


def dip(depth: float, *, after: float, lowest: float, until: float, over: float) -> Shift:
    """Down from `after` to `lowest`, and from `until` up again until it is `over`."""
    return lambda wave: float(np.interp(wave, (after, lowest, until, over), (0, depth, depth, 0)))


RECOVERED = "Telefonie Ochtend"
BUSY = "Directie Dienstverlening"
BUSY_TIME = dip(-0.5, after=5, lowest=7, until=11, over=13)

STORIES = (
    # One directorate slowly works less well with the others.
    Story("Directie Stadsbeheer", ("cooperation",), slide(-0.055, after=13)),
    # A new case system: more hassle in practice, while the instructions are as clear as before.
    Story("Vergunningen en Toezicht", ("friction",), step(-0.85, at=10, recovers=0.02)),
    Story("Publiekszaken", ("friction",), step(-0.7, at=10, recovers=0.02)),
    # Care: one change on top of another costs energy.
    Story("Zorg en Wmo", ("energy",), slide(-0.035, after=5)),
    Story("Zorg en Wmo", ("change",), slide(-0.035, after=5)),
    # Next to it, energy goes since it was told that a team of theirs would join.
    Story("Jeugd en Gezin", ("energy",), slide(-0.055, after=13)),
    # A peak at counters and telephones costs energy, until there are more people at the busiest hours.
    Story(BUSY, ("energy",), BUSY_TIME),
    # One team there fell furthest, felt unheard as well, and came back after it acted on its results.
    Story(RECOVERED, ("energy", "voice"), dip(-0.7, after=5, lowest=9, until=13, over=17)),
)

# One department falls into two camps about what comes first; its mean hardly moves.
DIVIDED = "Ruimtelijke Ontwikkeling"
DIVIDED_THEME = "priorities"
WIDENING = slide(0.07, after=8)

# One department, which writes much anyhow, writes more and more about one question that keeps returning.
ASKING = "Werk en Inkomen"
SHARE_WRITING, SHARE_OF_ASKING = 0.08, 0.35
MOST_ABOUT_IT = 0.85
RETURNS = slide(0.3, after=21)

LEFT_CARE, WENT_TO = "Mantelzorg en Welzijn", "Jeugd en Gezin"
MOVE_BEFORE = 18


def path_of(unit: str, people: Sequence[Person]) -> UnitPath:
    for person in people:
        if unit in person.unit_path:
            return person.unit_path[: person.unit_path.index(unit) + 1]
    raise ValueError(f"There is no unit {unit}.")


def events(people: Sequence[Person]) -> list[Event]:
    told = (
        ("Nieuw zaaksysteem", "system", 10, "Vergunningen en Toezicht"),
        ("Nieuw zaaksysteem", "system", 10, "Publiekszaken"),
        ("Nieuwe werkwijze keukentafelgesprek", "process", 6, "Zorg en Wmo"),
        ("Nieuw systeem voor beschikkingen", "system", 11, "Zorg en Wmo"),
        ("Wijkgericht werken", "reorganisation", 16, "Zorg en Wmo"),
        ("Nieuwe verordening", "policy", 20, "Zorg en Wmo"),
        ("Wisseling van directeur", "leadership", 14, "Directie Stadsbeheer"),
        (f"{LEFT_CARE} naar {WENT_TO}", "reorganisation", MOVE_BEFORE, WENT_TO),
        ("Verhuizing naar het stadhuis", "relocation", 22, NAME),
    )
    return [Event(name, kind, wave, path_of(unit, people)) for name, kind, wave, unit in told]


def moves(people: Sequence[Person]) -> list[Move]:
    """A whole team goes to another department."""
    target = (*path_of(WENT_TO, people), LEFT_CARE)
    return [
        Move(person.employee_id, MOVE_BEFORE, target) for person in people if LEFT_CARE in person.unit_path
    ]


def answers(people: Sequence[Person], chance: Generator) -> Scores:
    """Everyone's answer to each question in each wave; shape (waves, people, questions)."""
    latent = (
        levels()[None, None, :]
        + lasting_effects(people, chance)[None, :, :]
        + shocks(people, chance)
        + story_shifts(people)
        + camps(people, chance)
        + chance.normal(0, NOISE, (WAVES, len(people), len(QUESTIONS)))
    )
    scores = np.clip(np.rint(latent), 1, 5).astype(np.int64)
    turned = [place for place, code in enumerate(QUESTIONS) if code in REVERSED]
    scores[:, :, turned] = 6 - scores[:, :, turned]
    return scores


def levels() -> Floats:
    return np.array(list(LEVELS.values()))


def lasting_effects(people: Sequence[Person], chance: Generator) -> Floats:
    """Of department, team and person; shape (people, questions)."""
    total = np.zeros((len(people), len(QUESTIONS)))
    for depth, spread in ((3, DEPARTMENT_SPREAD), (4, TEAM_SPREAD)):
        groups = group_numbers(people, depth)
        total += chance.normal(0, spread, (groups.max() + 1, len(QUESTIONS)))[groups]
    general = chance.normal(0, PERSON_SPREAD, (len(people), 1))
    return total + general + chance.normal(0, PERSON_SPREAD / 2, total.shape)


def shocks(people: Sequence[Person], chance: Generator) -> Floats:
    """What passes over a team for a while; shape (waves, people, questions)."""
    groups = group_numbers(people, 4)
    shape = (groups.max() + 1, len(QUESTIONS))
    shock = np.zeros(shape)
    waves = []
    for _ in range(WAVES):
        shock = SHOCK_STAYS * shock + chance.normal(0, SHOCK_SPREAD, shape)
        waves.append(shock[groups])
    return np.stack(waves)


def story_shifts(people: Sequence[Person]) -> Floats:
    shifts = np.zeros((WAVES, len(people), len(QUESTIONS)))
    for story in STORIES:
        by_wave = np.array([story.shift(wave) for wave in range(1, WAVES + 1)])
        shifts += by_wave[:, None, None] * members(story.unit, people)[:, None] * about(*story.themes)
    return shifts


def camps(people: Sequence[Person], chance: Generator) -> Floats:
    sides = np.where(chance.permutation(len(people)) % 2 == 0, 1.0, -1.0) * members(DIVIDED, people)
    by_wave = np.array([WIDENING(wave) for wave in range(1, WAVES + 1)])
    return by_wave[:, None, None] * sides[:, None] * about(DIVIDED_THEME)


def members(unit: str, people: Sequence[Person]) -> Floats:
    return np.array([float(unit in person.unit_path) for person in people])


def writing(people: Sequence[Person]) -> Floats:
    """How likely each person is to write a comment."""
    return SHARE_WRITING + (SHARE_OF_ASKING - SHARE_WRITING) * members(ASKING, people)


def returning(people: Sequence[Person]) -> Floats:
    """How likely it is that a comment is about the question that returns; shape (waves, people)."""
    by_wave = np.array([min(RETURNS(wave), MOST_ABOUT_IT) for wave in range(1, WAVES + 1)])
    return by_wave[:, None] * members(ASKING, people)


def about(*themes: str) -> Floats:
    return np.array([float(code.rpartition("_")[0] in themes) for code in QUESTIONS])


def group_numbers(people: Sequence[Person], depth: int) -> NDArray[np.int64]:
    """The unit of each person on that level of the tree, or the lowest above it."""
    numbers: dict[UnitPath, int] = {}
    return np.array([numbers.setdefault(person.unit_path[:depth], len(numbers)) for person in people])


def taking_part(people: Sequence[Person], chance: Generator) -> NDArray[np.bool_]:
    """Who answers in which wave; shape (waves, people). Teams differ in how many do."""
    groups = group_numbers(people, 4)
    inclination = chance.uniform(LEAST_TAKING_PART, MOST_TAKING_PART, groups.max() + 1)[groups]
    return np.asarray(chance.random((WAVES, len(people))) < inclination)


def skipped(people: Sequence[Person], chance: Generator) -> NDArray[np.bool_]:
    return np.asarray(chance.random((WAVES, len(people), len(QUESTIONS))) < SHARE_SKIPPED)
