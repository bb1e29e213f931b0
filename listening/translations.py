"""`python -m listening.translations check|update|compile`: the texts of code and templates against locale/.

Does what Django's makemessages does, with Babel in place of the gettext programs, so that it runs the
same on every machine.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
SOURCES = ("accounts", "orgunits", "surveys", "results", "actions", "dashboards", "listening", "templates")
FILES = PROJECT / "locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
PLURAL = (1, 2)
CONTEXT = ((1, "c"), 2)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": PLURAL,
    "ngettext_lazy": PLURAL,
    "pgettext": CONTEXT,
    "pgettext_lazy": CONTEXT,
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def source_files() -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((PROJECT / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def as_python(path: Path) -> bytes:
    text = path.read_text()
    if path.suffix == ".py":
        return text.encode()
    # Django turns a template into calls of gettext; indentation means nothing there, but Babel minds it.
    calls = templatize(text, origin=str(path))
    return "\n".join(line.lstrip() for line in calls.splitlines()).encode()


def used_texts() -> Catalog:
    catalog = Catalog()
    for path in source_files():
        name = path.relative_to(PROJECT).as_posix()
        found = extract("python", BytesIO(as_python(path)), keywords=KEYWORDS, comment_tags=("Translators:",))
        for _line, text, comments, context in found:
            catalog.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def problems(path: Path, used: Catalog) -> Iterator[str]:
    catalog = read(path)
    name = path.relative_to(PROJECT)
    for message in used:
        if not message.id:
            continue
        translation = catalog.get(message.id, message.context)
        if translation is None:
            yield f"{name}: not in the file: {message.id!r} (used in {message.locations[0][0]})"
        elif translation.fuzzy or not is_whole(translation.string):
            yield f"{name}: not translated: {message.id!r}"
        elif placeholders(message.id) != placeholders(translation.string):
            yield f"{name}: placeholders differ: {message.id!r}"
    for message in catalog:
        if message.id and used.get(message.id, message.context) is None:
            yield f"{name}: no longer used: {message.id!r}"


def placeholders(text: str | tuple[str, ...] | list[str] | None) -> set[str]:
    return set(PLACEHOLDER.findall(" ".join([text] if isinstance(text, str) else text or [])))


def is_whole(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


def update(path: Path, used: Catalog) -> None:
    catalog = read(path)
    made = catalog.creation_date
    catalog.update(used, no_fuzzy_matching=True)
    catalog.creation_date = made  # a new date each time would make every update a change
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False)


def compile_changed() -> None:
    """Write the .mo files that gettext reads, for each .po file that is newer."""
    for path in sorted(FILES.glob("*/LC_MESSAGES/django.po")):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        draft = compiled.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as file:
            write_mo(file, read(path))
        draft.replace(compiled)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m listening.translations", description=__doc__)
    parser.add_argument("what", choices=["check", "update", "compile"])
    what = parser.parse_args().what
    if what == "compile":
        compile_changed()
        return 0
    used = used_texts()
    files = sorted(FILES.glob("*/LC_MESSAGES/django.po"))
    if what == "update":
        for path in files:
            update(path, used)
        return 0
    if not files:
        sys.stdout.write(f"No translations in {FILES}\n")
        return 1
    found = [problem for path in files for problem in problems(path, used)]
    for problem in found:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"Translations: {len(used)} texts, {len(found)} problems\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
