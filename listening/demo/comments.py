"""Comments put together from parts of sentences; nobody wrote them."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.random import Generator

from . import comments_in_english

# What people say about a theme when they are satisfied, and when they are not.
SAYINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cooperation": (
        (
            "De lijnen met andere afdelingen zijn kort.",
            "Samen met de collega's van de andere teams komen we er altijd uit.",
            "Sinds we elke week even bij elkaar zitten loopt de overdracht goed.",
            "Fijn dat we bij elkaar binnen kunnen lopen.",
        ),
        (
            "Ik wacht te vaak op antwoord van een andere afdeling.",
            "Werk blijft liggen omdat niemand zich eigenaar voelt.",
            "We horen pas achteraf wat het andere team heeft afgesproken.",
            "Iedereen werkt voor zijn eigen eiland.",
        ),
    ),
    "priorities": (
        (
            "Het is duidelijk wat deze maand voorgaat.",
            "Het jaarplan helpt om nee te zeggen.",
            "We kiezen samen wat eerst moet.",
        ),
        (
            "Alles heeft haast, dus niets heeft haast.",
            "De ene projectleider zegt dit, de andere dat.",
            "We zijn het in het team niet eens over wat belangrijk is.",
            "De prioriteiten veranderen elke week.",
        ),
    ),
    "clarity_on_paper": (
        ("De werkinstructie is kort en klopt.", "Ik kan altijd teruglezen wat we hebben afgesproken."),
        ("De instructies staan op vier plekken.", "Niemand weet welke versie geldt."),
    ),
    "friction": (
        ("Het werk loopt lekker door.", "De nieuwe printers doen het eindelijk."),
        (
            "Op papier klopt het, maar in het systeem kost elke zaak drie keer zoveel klikken.",
            "Het zaaksysteem loopt elke middag vast.",
            "Ik voer alles twee keer in.",
            "Voor een simpele wijziging heb ik drie handtekeningen nodig.",
        ),
    ),
    "energy": (
        ("Ik ga met plezier naar mijn werk.", "Dit team geeft energie.", "Goede sfeer, ook als het druk is."),
        (
            "Na een dag werken ben ik op.",
            "Er komt steeds iets bij en er gaat nooit iets af.",
            "De rek is er bij ons wel uit.",
            "Drie zieken, en het werk blijft hetzelfde.",
        ),
    ),
    "change": (
        ("Goed dat we de tijd kregen om te wennen.", "De uitleg over de veranderingen was helder."),
        (
            "De vorige verandering is nog niet af en de volgende begint al.",
            "Het gaat te snel, vooral voor de oudere collega's.",
            "Laat ons eerst een half jaar rustig werken.",
        ),
    ),
    "voice": (
        ("Met ons idee over de roosters is echt iets gedaan.", "Mijn leidinggevende luistert."),
        ("We worden wel gehoord, maar er gebeurt niets mee.", "Besluiten zijn al genomen als wij ze horen."),
    ),
    "returning_questions": (
        ("Vragen worden snel beantwoord.", "De vraagbaak werkt goed."),
        ("Elke week stellen we dezelfde vraag.", "Ik word van de een naar de ander gestuurd."),
    ),
}
RETURNING = (
    "Elke week weer de vraag wie beslist over de energietoeslag.",
    "Over de energietoeslag krijgt elke inwoner een ander antwoord van ons.",
    "Niemand kan zeggen wie recht heeft op de energietoeslag.",
    "De energietoeslag stond al drie keer op de agenda, zonder besluit.",
    "Voor de energietoeslag is er nog steeds geen werkinstructie.",
    "Ik zoek elke dag opnieuw uit hoe het zit met de energietoeslag.",
)
OPENINGS = ("", "", "", "", "Eerlijk gezegd: ", "Al langer: ", "Voor mij geldt: ", "Wat mij opvalt: ")
ENDINGS = (
    "",
    "",
    "",
    " Dat mag best eens gezegd worden.",
    " Ik denk graag mee.",
    " Bij collega's hoor ik hetzelfde.",
    " Hopelijk komt daar ruimte voor.",
    " Zie ook de vorige meting.",
)


# Some name a colleague, so that the demo shows what becomes of names.
NAMING = (" Vraag het {name} maar.", " {name} weet hier meer van, bel 06-12345678.", " Net als {name}.")
SHARE_NAMING = 0.06


def comment(code: str, is_satisfied: bool, chance: Generator, *, language: str = "nl", name: str = "") -> str:
    """About the theme of the question that the person felt strongest about; `name`: of a colleague."""
    theme = code.rpartition("_")[0]
    if language == "en":
        return pick(comments_in_english.SAYINGS[theme][0 if is_satisfied else 1], chance)
    saying = opened(pick(SAYINGS[theme][0 if is_satisfied else 1], chance), chance)
    if name and chance.random() < SHARE_NAMING:
        return f"{saying}{pick(NAMING, chance).format(name=name)}"
    return f"{saying}{pick(ENDINGS, chance)}"


def about_what_returns(chance: Generator, *, language: str = "nl") -> str:
    if language == "en":
        return pick(comments_in_english.RETURNING, chance)
    return f"{opened(pick(RETURNING, chance), chance)}{pick(ENDINGS, chance)}"


def opened(saying: str, chance: Generator) -> str:
    opening = pick(OPENINGS, chance)
    return f"{opening}{saying[0].lower()}{saying[1:]}" if opening else saying


def pick(texts: Sequence[str], chance: Generator) -> str:
    return texts[int(chance.integers(len(texts)))]
