"""What is taken out of a comment, and what is left because it is an ordinary word."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from faker import Faker

from listening.demo import comments
from results.comments.contacts import is_account, is_citizen_number
from results.comments.masking import Masker, Names

PEOPLE = [
    ("Jan", "van der Berg"),
    ("Anne-Marie", "Jansen-de Vries"),
    ("Piet", "Wit"),
    ("Klaas", "de Boer"),
    ("Saïd", "El Idrissi"),
    ("Koen", "Op 't Veld"),
    ("Roos", "Smit"),
    ("Şirin", "Yıldız"),
]


@pytest.fixture(scope="module")
def masker() -> Masker:
    return Masker(Names.of(PEOPLE))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Jan is altijd te laat.", "[…name] is altijd te laat."),
        ("Jans idee, Jan's idee, koen's idee", "[…name] idee, […name] idee, […name] idee"),
        ("vraag het piet of saïd", "vraag het […name] of […name]"),
        ("vraag het Said", "vraag het […name]"),
        ("Volgens J.P. van der Berg niet", "Volgens […name] niet"),
        ("mevrouw Van der Berg en vd Berg", "mevrouw […name] en […name]"),
        ("Anne-Marie Jansen-de Vries", "[…name]"),
        ("Anne Marie, El Idrissi", "[…name], […name]"),
        ("Koen Op 't Veld zei 'Koen'", "[…name] zei '[…name]'"),
        ("sirin yildiz en ŞİRİN", "[…name] en […name]"),
        ("VRAAG HET JAN", "VRAAG HET […name]"),
    ],
)
def test_names_of_people_are_taken_out(masker: Masker, written: str, read: str) -> None:
    assert masker.mask(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("De muur is wit en de boer ploegt op de berg.", "De muur is wit en de boer ploegt op de berg."),
        ("Wit is geen kleur. Roos is er een.", "Wit is geen kleur. Roos is er een."),
        ("Dat zei Wit. De Boer ook.", "Dat zei […name]. […name] ook."),
        ("Roos Smit helpt altijd.", "[…name] helpt altijd."),
        ("Collega Wit helpt.", "Collega […name] helpt."),
        ("DE BOER IS WIT", "DE BOER IS WIT"),
    ],
)
def test_a_name_that_is_a_word_too_is_taken_out_where_names_stand(
    masker: Masker, written: str, read: str
) -> None:
    assert masker.mask(written) == read


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("e-mail", "j.berg@stad.example"),
        ("e-mail", "j.berg (at) stad.example"),
        ("telephone", "06-12345678"),
        ("telephone", "06 12 34 56 78"),
        ("telephone", "+31 6 1234 5678"),
        ("telephone", "0031612345678"),
        ("telephone", "+31 (0)20 123 45 67"),
        ("telephone", "(010) 123 45 67"),
        ("telephone", "+32 470 12 34 56"),
        ("number", "111222333"),
        ("number", "111 222 333"),
        ("number", "12345678"),
        ("account", "NL91 ABNA 0417 1643 00"),
        ("account", "nl91abna0417164300"),
        ("account", "BE68 5390 0754 7034"),
        ("link", "https://www.linkedin.com/in/j-berg"),
        ("link", "www.stad.example/medewerkers/12"),
        ("licence plate", "AB-12-CD"),
        ("licence plate", "gt-845-k"),
        ("licence plate", "GT 845 K"),
    ],
)
def test_what_someone_can_be_found_by_is_taken_out(masker: Masker, kind: str, written: str) -> None:
    assert masker.mask(f"Zie {written}, graag.") == f"Zie […{kind}], graag."


@pytest.mark.parametrize(
    "text",
    [
        "Op 2026-03-02 om 12:30, in zaak 2026-12345, voor € 12.345.678.",
        "Van 12-03-2026 tot 2-MEI-26 waren er 20 tot 30 mensen, 12 op 34.",
        "Het staat op https://intranet.example en in versie 1.2.3.",
        "We doen dit 24/7, al 10 jaar, met 1500 mensen en 12.345.678 formulieren.",
    ],
)
def test_other_numbers_stay(masker: Masker, text: str) -> None:
    assert masker.mask(text) == text


def test_masking_twice_changes_nothing(masker: Masker) -> None:
    once = masker.mask("Jan (06-12345678) en Koen Op 't Veld")
    assert masker.mask(once) == once


def test_the_checks_of_numbers() -> None:
    assert is_citizen_number("111222333")
    assert not is_citizen_number("111222334")
    assert is_account("BE68 5390 0754 7034")
    assert not is_account("BE69 5390 0754 7034")


# On many people and many texts

INSIDE = (
    "Dat ligt aan {}.",
    "Ik vroeg het aan {} en die wist het niet.",
    "Met {} erbij gaat het; zonder {} niet.",
)
FIRST = ("{} helpt altijd.",)


@dataclass(frozen=True)
class Town:
    masker: Masker
    people: list[tuple[str, str]]

    def found(self, templates: Sequence[str], number: int = 3000) -> float:
        """The least share of names that are taken out whole: of first, last and whole names."""
        chance = random.Random(3)
        shares = []
        for part in (lambda one: one[0], lambda one: one[1], " ".join):
            names = [part(one) for one in self.people[:number]]
            written = [(chance.choice(templates), name) for name in names]
            hits = sum(
                self.masker.mask(text.replace("{}", name)) == text.replace("{}", "[…name]")
                for text, name in written
            )
            shares.append(hits / number)
        return min(shares)


@pytest.fixture(scope="module")
def town() -> Town:
    """Twenty thousand people with the names that people in the Netherlands have."""
    fake = Faker("nl_NL")
    fake.seed_instance(5)
    people = [(fake.first_name(), fake.last_name()) for _ in range(20_000)]
    return Town(Masker(Names.of(people)), people)


def sayings(number: int) -> list[str]:
    """Comments in which nobody is named."""
    chance = np.random.default_rng(7)
    codes = [f"{theme}_1" for theme in comments.SAYINGS]
    return [comments.comment(code, number % 2 == 0, chance) for code in chance.choice(codes, number)]


def texts_of_the_product() -> list[str]:
    with (settings.BASE_DIR / "locale/nl/LC_MESSAGES/django.po").open("rb") as file:
        found = [one.string for one in read_po(file) if one.id and one.string]
    texts = [one if isinstance(one, str) else " ".join(one) for one in found]
    return [re.sub(r"%\(\w+\)\w|\{\w*\}", "", text) for text in texts]


@pytest.mark.parametrize("texts", [sayings(5000), texts_of_the_product()], ids=["sayings", "product"])
def test_of_a_thousand_ordinary_words_less_than_one_is_taken_for_a_name(town: Town, texts: list[str]) -> None:
    words = sum(len(text.split()) for text in texts)
    assert words > 9000
    assert sum(town.masker.mask(text).count("[…") for text in texts) < words / 1000


def test_nearly_all_names_are_found(town: Town) -> None:
    assert town.found(INSIDE) >= 0.995
    assert town.found(FIRST) >= 0.93  # a name that is a word too, first in its sentence, may be that word


def test_thousands_of_comments_take_seconds(town: Town) -> None:
    texts = sayings(4000)
    started = time.process_time()
    for text in texts:
        town.masker.mask(text)
    assert time.process_time() - started < 3
