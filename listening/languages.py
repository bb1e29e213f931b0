"""Which languages there are: English, of the texts themselves, and one for each file of translations.

A file is `<folder>/<code>/LC_MESSAGES/django.po`. The comment at its top may hold two lines of ours:
`# Draft: yes` while it is being written, and `# Name: …` for a language that Django has no name for. The
settings read this, so nothing here needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_language

SOURCE = "en"
FIRST = "nl"  # what is spoken to whom nothing is known of
LONGEST_CODE = 8  # what the tables hold
OWN_LINE = re.compile(r"^# (Draft|Name): (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Language:
    """`name` in the language itself."""

    code: str
    name: str
    draft: bool = False


def files_in(folders: Iterable[Path]) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.glob("*/LC_MESSAGES/django.po"))]


def found_in(folders: Iterable[Path]) -> dict[str, Language]:
    """By code: Dutch and English first, then the others by the alphabet. An earlier folder goes first."""
    found: dict[str, Language] = {}
    for path in files_in(folders):
        language = language_of(path)
        found.setdefault(language.code, language)
    found.setdefault(SOURCE, Language(SOURCE, name_of(SOURCE)))
    return {
        code: found[code] for code in sorted(found, key=lambda code: (code != FIRST, code != SOURCE, code))
    }


def language_of(path: Path) -> Language:
    code = to_language(path.parent.parent.name)
    with path.open(encoding="utf-8") as file:
        own = dict(OWN_LINE.findall(file.read(4096).split("msgid")[0]))
    return Language(code, own.get("Name") or name_of(code), draft=own.get("Draft") == "yes")


def name_of(code: str) -> str:
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0], {})
    name = str(known.get("name_local", code))
    return name[:1].upper() + name[1:]


def offered(folders: Iterable[Path], chosen: Sequence[str] = ()) -> list[tuple[str, str]]:
    """What people can choose, as Django's LANGUAGES: the `chosen` codes in their order, or all but drafts."""
    found = found_in(folders)
    codes = [code.strip().lower() for code in chosen] or [code for code in found if not found[code].draft]
    for code in codes:
        if code not in found or len(code) > LONGEST_CODE:
            raise ImproperlyConfigured(
                f"POLSSLAG_LANGUAGES names '{code}'. There are translations for: {', '.join(found)}."
            )
        tell_django(found[code])
    return [(code, found[code].name) for code in codes]


def tell_django(language: Language) -> None:
    """Django looks up names and directions in a list of its own, and fails for what is not in it."""
    unknown = {"bidi": False, "code": language.code, "name": language.name, "name_local": language.name}
    LANG_INFO.setdefault(language.code, unknown)
