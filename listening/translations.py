"""`python -m listening.translations WHAT`: the texts of code and templates against the files in locale/.

Does what Django's makemessages does, with Babel in place of the gettext programs, so that it runs the
same on every machine. A file marked as a draft (see `languages`) may lack translations; no other may.
"""

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

from listening.languages import files_in, language_of
from listening.pseudo import pseudo_catalog

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


def hidden_texts(path: Path) -> Iterator[str]:
    """Where a text stands inside an f-string: Babel reads those from Python 3.12 on only."""
    for outer in ast.walk(ast.parse(path.read_text())):
        if isinstance(outer, ast.JoinedStr):
            for call in ast.walk(outer):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and call.func.id in KEYWORDS
                ):
                    yield f"{path.relative_to(PROJECT)}: not found inside an f-string: line {call.lineno}"


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name)


def write(path: Path, catalog: Catalog) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=100, sort_by_file=True, ignore_obsolete=True, include_lineno=False)


def problems(path: Path, used: Catalog) -> Iterator[str]:
    name = path.relative_to(PROJECT)
    catalog = read(path)
    if not language_of(path).draft:
        yield from (f"{name}: {problem}" for problem in missing(catalog, used))
    for message in used:
        translation = catalog.get(message.id, message.context)
        if not (message.id and translation and is_translated(translation)):
            continue
        if placeholders(message.id) != placeholders(translation.string):
            yield f"{name}: placeholders differ: {message.id!r}"
    for message in catalog:
        if message.id and used.get(message.id, message.context) is None:
            yield f"{name}: no longer used: {message.id!r}"


def missing(catalog: Catalog, used: Catalog) -> Iterator[str]:
    for message in used:
        if not message.id:
            continue
        translation = catalog.get(message.id, message.context)
        if translation is None:
            yield f"not in the file: {message.id!r} (used in {message.locations[0][0]})"
        elif not is_translated(translation):
            yield f"not translated: {message.id!r}"


def is_translated(message: Message) -> bool:
    return not message.fuzzy and is_whole(message.string)


def placeholders(text: str | tuple[str, ...] | list[str] | None) -> set[str]:
    return set(PLACEHOLDER.findall(" ".join([text] if isinstance(text, str) else text or [])))


def is_whole(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)


def update(path: Path, used: Catalog) -> None:
    catalog = read(path)
    made = catalog.creation_date
    catalog.update(used, no_fuzzy_matching=True)
    catalog.creation_date = made  # a new date each time would make every update a change
    write(path, catalog)


def begin(code: str, used: Catalog) -> Path:
    """A draft of a new language with all texts still to translate, and its plural forms."""
    locale = to_locale(code)
    path = FILES / locale / "LC_MESSAGES" / "django.po"
    if path.exists():
        sys.exit(f"{path.relative_to(PROJECT)} is there already. 'update' brings it up to date.")
    write(path, Catalog(locale=locale, project="Polsslag", header_comment="# Draft: yes", fuzzy=False))
    update(path, used)
    return path


def folders() -> list[Path]:
    """Of the product, and those that the installation adds."""
    own = os.environ.get("POLSSLAG_LOCALE", "")
    return [FILES, *(Path(folder) for folder in own.split(",") if folder)]


def compile_changed() -> None:
    """Write the .mo files that gettext reads, for each .po file that is newer."""
    for path in files_in(folders()):
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < path.stat().st_mtime:
            write_compiled(compiled, read(path))


def write_compiled(path: Path, catalog: Catalog) -> None:
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, catalog)
    draft.replace(path)


def write_pseudo(folder: Path) -> None:
    path = folder / "en_XA" / "LC_MESSAGES" / "django.po"
    write(path, pseudo_catalog(used_texts()))
    write_compiled(path.with_suffix(".mo"), read(path))


def check(paths: Iterable[Path], used: Catalog) -> int:
    texts = sum(1 for message in used if message.id)
    found = [problem for path in source_files() if path.suffix == ".py" for problem in hidden_texts(path)]
    for path in paths:
        found += problems(path, used)
        if language_of(path).draft:
            left = sum(1 for _problem in missing(read(path), used))
            sys.stdout.write(f"{path.relative_to(PROJECT)}: a draft; {left} of {texts} texts to go\n")
    for problem in found:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"Translations: {texts} texts, {len(found)} problems\n")
    return 1 if found else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m listening.translations", description=__doc__)
    what = parser.add_subparsers(dest="what", required=True)
    what.add_parser("check", help="fail when a text has no translation")
    what.add_parser("update", help="bring new texts into all files, and drop those that nobody uses")
    what.add_parser("compile", help="write the .mo files that are read at run time")
    what.add_parser("new", help="begin a language").add_argument("code", help="such as de, fy or pt-br")
    what.add_parser(
        "pseudo", help="make a language of accented, longer texts, which shows what is not translated"
    ).add_argument("folder", type=Path)
    return parser.parse_args()


def main() -> int:
    given = arguments()
    files = files_in([FILES])
    if given.what == "compile":
        compile_changed()
    elif given.what == "pseudo":
        write_pseudo(given.folder)
    elif given.what == "new":
        sys.stdout.write(f"Translate {begin(given.code, used_texts()).relative_to(PROJECT)}\n")
    elif given.what == "update":
        used = used_texts()
        for path in files:
            update(path, used)
    elif not files:
        sys.stdout.write(f"No translations in {FILES}\n")
        return 1
    else:
        return check(files, used_texts())
    return 0


if __name__ == "__main__":
    sys.exit(main())
