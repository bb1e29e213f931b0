"""No text is left without a translation, and none is kept that nobody uses."""

import re
from pathlib import Path

import pytest

from listening import translations
from listening.pseudo import is_date_format, pseudo

HEAD = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"""
CODE = """
from django.utils.translation import gettext as _, pgettext_lazy
_("Send")
pgettext_lazy("month", "May")
"""
TEMPLATE = """
  {% load i18n %}
      {% translate "Who's there?" %}
{# Translators: the number of teams #}
    {% blocktranslate trimmed count counter=teams %}
      {{ counter }} team
    {% plural %}
      {{ counter }} teams
    {% endblocktranslate %}
   <p title="{% translate 'Close' %}">"quotes ' of any kind</p>
"""
TEXTS = {"Send", "May", "Who's there?", "%(counter)s team", "Close"}


@pytest.fixture
def dutch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module, one template and an empty Dutch file."""
    (tmp_path / "listening").mkdir()
    (tmp_path / "listening" / "views.py").write_text(CODE)
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    file = tmp_path / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    file.parent.mkdir(parents=True)
    file.write_text(HEAD)
    monkeypatch.setattr(translations, "PROJECT", tmp_path)
    monkeypatch.setattr(translations, "FILES", tmp_path / "locale")
    return file


def problems(file: Path) -> list[str]:
    return list(translations.problems(file, translations.used_texts()))


def test_a_text_without_translation_is_named_with_the_place_of_its_use(dutch: Path) -> None:
    found = problems(dutch)
    assert len(found) == len(TEXTS)
    assert "locale/nl/LC_MESSAGES/django.po: not in the file: 'Send' (used in listening/views.py)" in found


def test_a_text_inside_an_f_string_is_named_since_it_would_be_lost(dutch: Path) -> None:
    module = dutch.parents[3] / "listening" / "views.py"
    assert not list(translations.hidden_texts(module))
    module.write_text(CODE + "sign = f'<b>{_(\"same\")}</b>'\n")
    assert list(translations.hidden_texts(module)) == [
        "listening/views.py: not found inside an f-string: line 5"
    ]


def test_update_adds_what_is_missing_and_check_then_asks_for_its_translation(dutch: Path) -> None:
    translations.update(dutch, translations.used_texts())
    catalog = translations.read(dutch)
    assert {m.id if isinstance(m.id, str) else m.id[0] for m in catalog if m.id} == TEXTS
    assert all("not translated" in problem for problem in problems(dutch))


def test_a_text_that_nobody_uses_any_more_is_named_and_then_dropped(dutch: Path) -> None:
    dutch.write_text(HEAD + '\nmsgid "Old"\nmsgstr "Oud"\n')
    assert "locale/nl/LC_MESSAGES/django.po: no longer used: 'Old'" in problems(dutch)
    translations.update(dutch, translations.used_texts())
    assert "Old" not in dutch.read_text()


def test_a_translation_that_loses_a_placeholder_is_an_error(dutch: Path) -> None:
    (dutch.parents[3] / "listening" / "views.py").write_text('_("Dear %(name)s")')
    dutch.write_text(HEAD + '\n#, python-format\nmsgid "Dear %(name)s"\nmsgstr "Beste"\n')
    assert any("placeholders" in problem for problem in problems(dutch))


def test_a_fuzzy_translation_does_not_count(dutch: Path) -> None:
    dutch.write_text(HEAD + '\n#, fuzzy\nmsgid "Send"\nmsgstr "Zend"\n')
    assert any("not translated: 'Send'" in problem for problem in problems(dutch))


def test_compiling_makes_files_only_when_they_are_older(dutch: Path) -> None:
    compiled = dutch.with_suffix(".mo")
    translations.compile_changed()
    first = compiled.stat().st_mtime_ns
    translations.compile_changed()
    assert compiled.stat().st_mtime_ns == first


def test_a_draft_may_be_unfinished_but_not_wrong(dutch: Path) -> None:
    dutch.write_text("# Draft: yes" + HEAD + '\nmsgid "Old"\nmsgstr "Oud"\n')
    assert problems(dutch) == ["locale/nl/LC_MESSAGES/django.po: no longer used: 'Old'"]


def test_a_new_language_begins_as_a_draft_with_all_texts_and_its_own_plural_forms(dutch: Path) -> None:
    begun = translations.begin("pl", translations.used_texts())
    assert begun == dutch.parents[2] / "pl" / "LC_MESSAGES" / "django.po"
    assert "# Draft: yes" in begun.read_text()
    assert "nplurals=3" in begun.read_text()
    assert problems(begun) == []
    begun.write_text(begun.read_text().replace("# Draft: yes\n", ""))
    assert len(problems(begun)) == len(TEXTS)


def test_the_comment_at_the_top_outlives_an_update(dutch: Path) -> None:
    dutch.write_text("# Draft: yes\n# Name: Papiamentu" + HEAD)
    translations.update(dutch, translations.used_texts())
    assert dutch.read_text().startswith("# Draft: yes\n# Name: Papiamentu\n")


@pytest.mark.parametrize("text", ["l j F", "j M Y", "H:i", r"H\hi"])
def test_the_form_of_a_date_is_no_text_for_people(text: str) -> None:
    assert is_date_format(text)


@pytest.mark.parametrize("text", ["to", "a", "–", "{day}, H:i", "3 waves"])
def test_a_short_text_is_not_taken_for_the_form_of_a_date(text: str) -> None:
    assert not is_date_format(text)


def test_the_form_of_each_date_on_a_page_can_be_translated() -> None:
    """Write `date:_("l j F")`: in German a day has a point, in Frisian it comes elsewhere."""
    pages = (translations.PROJECT / "templates").rglob("*.*")
    plain = re.compile(r'\|(?:date|time):"(?!c")')
    assert [path.name for path in pages if plain.search(path.read_text())] == []


def test_a_pseudo_text_is_longer_and_keeps_its_placeholders() -> None:
    text = 'Dear %(name)s, <a href="/x">open</a> %s {count}'
    assert pseudo(text) == '‹Đééáŕ %(name)s, <a href="/x">óóþéñ</a> %s {count}›'
