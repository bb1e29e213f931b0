"""Comments of which it is known what they are about, put together from parts; nobody wrote them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]

WAVES, UNITS = 10, 6
FIRST_OF_GROWTH = WAVES - 3
TAKES = 0.7  # of the unit's comments, by a topic that grows
DUTCH_SHARE = 0.7
# By topic and language: who or what, and what about it.
LABELS: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "case system": {
        "nl": (
            ("Het zaaksysteem", "Ons zaaksysteem", "Het nieuwe zaaksysteem", "Elke zaak in het systeem"),
            ("loopt elke middag vast", "vraagt drie keer zoveel klikken", "is traag", "valt steeds uit"),
        ),
        "en": (
            ("The case system", "Our case system", "Every case in the system"),
            ("freezes in the afternoon", "takes three times the clicks", "is slow", "crashes again"),
        ),
    },
    "roster": {
        "nl": (
            ("Het rooster", "De roosters", "Het rooster voor het weekend", "Onze planning van diensten"),
            ("komt te laat", "verandert op het laatste moment", "houdt geen rekening met vrije dagen"),
        ),
        "en": (
            ("The roster", "Our shifts", "The weekend roster", "Planning of shifts"),
            ("comes too late", "changes at the last moment", "ignores days off"),
        ),
    },
    "handover": {
        "nl": (
            ("De overdracht tussen afdelingen", "Een aanvraag bij een andere afdeling", "De overdracht"),
            ("blijft dagen liggen", "kost te veel tijd", "gaat mis omdat niemand eigenaar is"),
        ),
        "en": (
            ("The handover between departments", "A request to another department", "The handover"),
            ("waits for days", "takes too long", "fails because nobody owns it"),
        ),
    },
    "priorities": {
        "nl": (
            ("De prioriteiten", "Onze prioriteiten in het jaarplan", "Het jaarplan"),
            ("wisselen per week", "spreken elkaar tegen", "zeggen dat alles haast heeft"),
        ),
        "en": (
            ("The priorities", "Priorities in the year plan", "The year plan"),
            ("change each week", "contradict each other", "says everything is urgent"),
        ),
    },
    "parking": {
        "nl": (
            ("De parkeerplaatsen", "Parkeren bij het stadhuis", "De fietsenstalling en parkeerplaatsen"),
            ("zijn om acht uur vol", "is te duur", "liggen te ver weg"),
        ),
        "en": (
            ("The parking places", "Parking at the town hall", "Bicycle racks and parking"),
            ("are full at eight", "is too expensive", "are too far away"),
        ),
    },
    "colleagues": {
        "nl": (
            ("Mijn collega's", "De sfeer met collega's", "De sfeer in het team"),
            ("helpen elkaar", "is fijn, ook als het druk is", "geeft energie"),
        ),
        "en": (
            ("My colleagues", "The mood among colleagues", "The mood in the team"),
            ("help each other", "is fine even when busy", "gives energy"),
        ),
    },
}
OPENINGS = {
    "nl": ("", "", "Eerlijk gezegd: ", "Wat mij opvalt: "),
    "en": ("", "", "To be honest: ", "I see that: "),
}
ENDINGS = {
    "nl": ("", "", " Graag aandacht hiervoor.", " Dat hoor ik van meer mensen.", " Al maanden."),
    "en": ("", "", " Please look into this.", " Others say so too.", " For months now."),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """`label`: place in `LABELS`; units and waves count from 0."""

    texts: list[str]
    label: Counts
    unit: Counts
    wave: Counts


def labelled(
    number: int,
    chance: np.random.Generator,
    *,
    growing: tuple[int, int] | None = None,
    alike: float = 0.0,
) -> Labelled:
    """`growing`: in this unit this topic takes over from the last three waves on.

    `alike`: how alike the comments of a unit are at all times (ρ of a beta-binomial).
    """
    unit, wave = chance.integers(0, UNITS, number), chance.integers(0, WAVES, number)
    label = chance.integers(0, len(LABELS), number)
    if alike:
        shares = chance.dirichlet(np.full(len(LABELS), (1 / alike - 1) / len(LABELS)), UNITS)
        label = (shares.cumsum(axis=1)[unit] < chance.random((number, 1))).sum(axis=1)
    if growing is not None:
        takes_over = (unit == growing[0]) & (wave >= FIRST_OF_GROWTH) & (chance.random(number) < TAKES)
        label = np.where(takes_over, growing[1], label)
    names = list(LABELS)
    texts = [_comment(names[one], chance) for one in label.tolist()]
    return Labelled(texts, label, unit, wave)


def _comment(name: str, chance: np.random.Generator) -> str:
    language = "nl" if chance.random() < DUTCH_SHARE else "en"
    who, what = LABELS[name][language]
    parts = OPENINGS[language], who, what, ENDINGS[language]
    opening, subject, predicate, ending = (part[int(chance.integers(len(part)))] for part in parts)
    return f"{opening}{subject} {predicate}.{ending}"
