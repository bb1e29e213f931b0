"""A language is a file of translations; nothing else names it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from listening.languages import Language, found_in, offered


def add(folder: Path, locale: str, *comments: str) -> None:
    file = folder / locale / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"# {line}\n" for line in comments) + 'msgid ""\nmsgstr ""\n# Draft: yes\n')


@pytest.fixture
def product(tmp_path: Path) -> Path:
    folder = tmp_path / "locale"
    for locale in ("de", "fy", "nl"):
        add(folder, locale)
    return folder


def test_each_file_is_a_language_with_dutch_and_the_english_of_the_texts_first(product: Path) -> None:
    names = [("nl", "Nederlands"), ("en", "English"), ("de", "Deutsch"), ("fy", "Frysk")]
    assert offered([product]) == names


def test_a_draft_is_offered_only_where_it_is_asked_for(product: Path) -> None:
    add(product, "pt_BR", "Portuguese texts of Polsslag.", "Draft: yes")
    assert found_in([product])["pt-br"] == Language("pt-br", "Português Brasileiro", draft=True)
    assert "pt-br" not in dict(offered([product]))
    assert "pt-br" in dict(offered([product], ["nl", "pt-br"]))


def test_a_language_that_django_does_not_know_brings_its_own_name(product: Path) -> None:
    add(product, "pap", "Name: Papiamentu")
    add(product, "li")
    assert dict(offered([product]))["pap"] == "Papiamentu"
    assert dict(offered([product]))["li"] == "Li"


def test_the_installation_chooses_which_and_in_which_order(product: Path) -> None:
    assert offered([product], ["fy", " NL"]) == [("fy", "Frysk"), ("nl", "Nederlands")]


def test_a_chosen_language_without_a_file_is_an_error_that_names_those_there_are(product: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"'fr'.*nl, en, de, fy"):
        offered([product], ["nl", "fr"])


def test_a_folder_of_the_installation_goes_before_the_product(product: Path, tmp_path: Path) -> None:
    add(tmp_path / "own", "de", "Draft: yes")
    add(tmp_path / "own", "frr", "Name: Nordfriisk")
    assert list(dict(offered([tmp_path / "own", product]))) == ["nl", "en", "frr", "fy"]
