"""Reads a file with questions against the bank as it is now: what each row would do, or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Organisation
from orgunits.imports.problems import FileUnreadableError, Problems
from surveys.bank.drafts import QuestionDraft, ThemeDraft
from surveys.bank.hints import hints_of
from surveys.bank.plan import BankPlan, Outcome, PlannedRow
from surveys.bank.queries import OWN, SHARED, available, themes_available
from surveys.bank.table import Line, read_table
from surveys.bank.wording import differs, may_be_equivalent, wording_of
from surveys.models import Question, Theme, WaveQuestion

NEEDED = ("theme", "kind", "text_nl", "text_en")
CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,57}")
LANGUAGE_COLUMN = re.compile(r"(?:theme_name|theme_description|text|options)_[a-z]{2,3}(?:-[a-z0-9]{2,8})?")
KNOWN = {"code", "bank", "theme", "theme_kind", "kind", "reversed", "version", "waves"}
KINDS = {
    Question.Kind.AGREEMENT: (
        "agreement",
        "five-point agreement",
        "statement",
        "stelling",
        "vijfpuntsschaal",
    ),
    Question.Kind.SCALE: ("scale", "0 to 10", "0-10", "0 tot 10", "schaal"),
    Question.Kind.CHOICE: ("choice", "single choice", "keuze", "keuzevraag", "één keuze"),
    Question.Kind.OPEN: ("open", "open question", "open vraag"),
}
YES, NO = {"1", "yes", "ja", "true", "waar", "x"}, {"", "0", "no", "nee", "false", "onwaar"}


def plan_of_file(organisation: Organisation, file_name: str, content: bytes) -> BankPlan:
    """Three queries. With any problem nothing may be applied."""
    problems = Problems(file_name)
    try:
        lines = list(read_table(content))
    except FileUnreadableError as error:
        problems.add(error.line, "", error.reason)
        return BankPlan([], {}, problems)
    if not lines:
        problems.add(0, "", _("The file has no questions."))
        return BankPlan([], {}, problems)
    _check_columns(lines[0].cells, problems)
    if problems:
        return BankPlan([], {}, problems)
    reader = Reader(organisation, problems)
    rows = [row for line in lines if (row := reader.row(line)) is not None]
    return BankPlan(rows, reader.new_themes, problems)


def _check_columns(columns: Iterable[str], problems: Problems) -> None:
    names = set(columns)
    for name in NEEDED:
        if name not in names:
            problems.add(1, name, _("This column is missing."))
    for name in sorted(names - KNOWN):
        if not LANGUAGE_COLUMN.fullmatch(name):
            problems.add(1, name, _("This column is not known. Leave it out, or mend its name."))


class Reader:
    """Compares rows with what stands in the bank now."""

    def __init__(self, organisation: Organisation, problems: Problems) -> None:
        self.organisation = organisation
        self.problems = problems
        self.new_themes: dict[str, ThemeDraft] = {}
        themes = list(themes_available(organisation).order_by("organisation_id"))
        self.themes = {theme.code.casefold(): theme for theme in themes}
        self.theme_names = {
            name.casefold(): theme for theme in themes for name in (theme.name_nl, theme.name_en)
        }
        self.current: dict[tuple[str, str], Question] = {}
        self.gone: set[str] = set()
        for one in available(organisation):
            if one.retired_at is None:
                self.current[OWN if one.organisation_id else SHARED, one.code] = one
            elif one.organisation_id:
                self.gone.add(one.code)
        asked = WaveQuestion.objects.filter(question__organisation=organisation).order_by()
        self.used = set(asked.values_list("question", flat=True).distinct())
        self.seen: dict[object, int] = {}

    def row(self, line: Line) -> PlannedRow | None:
        """None for a row with a problem, which has been noted."""
        before = self.problems.count
        question = self._question(line)
        theme, new_theme = self._theme(line)
        kind = self._kind(line)
        is_reversed = self._reversed(line)
        self._check_seen(line, question)
        if theme is None or kind is None or is_reversed is None or self.problems.count > before:
            return None
        draft = QuestionDraft(
            theme=theme,
            kind=kind,
            reversed=is_reversed,
            texts=_merged(question.texts if question else {}, line.texts("text_")),
            options=_options(question, line, kind),
        )
        try:
            draft.check(self.organisation)
        except ValidationError as error:
            for column, reasons in error.message_dict.items():
                for reason in reasons:
                    self.problems.add(line.number, column, reason)
            return None
        return self._planned(line, draft, question, new_theme)

    def _planned(
        self, line: Line, draft: QuestionDraft, question: Question | None, new_theme: str
    ) -> PlannedRow | None:
        new = draft.written_on(Question(organisation=self.organisation))
        hints = [(code, hint) for code, found in hints_of(new).items() for hint in found]
        if question is None:
            return PlannedRow(line.number, Outcome.NEW, draft, line["code"], None, new_theme, hints=hints)
        if new.kind == question.kind and new.kind != Question.Kind.CHOICE:
            new.points = question.points
        if not new_theme and wording_of(new) == wording_of(question):
            return PlannedRow(line.number, Outcome.UNCHANGED, draft, question.code, question)
        if question.organisation_id is None:
            reason = _(
                "The shared bank cannot be changed. Leave the code empty to make a question of your own."
            )
            self.problems.add(line.number, "code", reason)
            return None
        makes_version = question.pk in self.used and (bool(new_theme) or differs(question, new))
        return PlannedRow(
            line.number,
            Outcome.VERSION if makes_version else Outcome.CHANGED,
            draft,
            question.code,
            question,
            new_theme,
            before=question.text if question.text != new.text else "",
            may_be_equivalent=makes_version and may_be_equivalent(question, new),
            hints=hints,
        )

    def _question(self, line: Line) -> Question | None:
        code, bank = line["code"], line["bank"].casefold()
        if not code:
            return None
        found = None if bank == SHARED else self.current.get((OWN, code))
        found = found or (None if bank == OWN else self.current.get((SHARED, code)))
        if found is None and code in self.gone:
            self.problems.add(line.number, "code", _("The question with this code is no longer asked."))
        elif found is None and not CODE.fullmatch(code):
            reason = _("A code has small letters, figures and _ only. Leave it empty, and one is made.")
            self.problems.add(line.number, "code", reason)
        return found

    def _check_seen(self, line: Line, question: Question | None) -> None:
        key: object = question.pk if question else line["code"] or line.number
        first = self.seen.setdefault((question is None, key), line.number)
        if first != line.number:
            reason = _("This question is on line %(line)d already.") % {"line": first}
            self.problems.add(line.number, "code", reason)

    def _theme(self, line: Line) -> tuple[Theme | None, str]:
        wanted = line["theme"]
        found = self.themes.get(wanted.casefold()) or self.theme_names.get(wanted.casefold())
        if found is not None:
            return found, ""
        names = line.texts("theme_name_")
        if not wanted or not (names.get("nl") and names.get("en")):
            reason = _("There is no such theme. For a new one fill in theme_name_nl and theme_name_en too.")
            self.problems.add(line.number, "theme", reason)
            return None, ""
        if not CODE.fullmatch(wanted):
            reason = _("A code has small letters, figures and _ only. Leave it empty, and one is made.")
            self.problems.add(line.number, "theme", reason)
            return None, ""
        draft = ThemeDraft(
            names=names,
            descriptions=line.texts("theme_description_"),
            kind=line["theme_kind"] or Theme.Kind.LEADING,
        )
        try:
            draft.check()
        except ValidationError as error:
            for column, reasons in error.message_dict.items():
                for reason in reasons:
                    self.problems.add(line.number, f"theme_{column}", reason)
            return None, ""
        self.new_themes.setdefault(wanted, draft)
        return Theme(organisation=self.organisation, code=wanted), wanted

    def _kind(self, line: Line) -> str | None:
        given = line["kind"].casefold()
        found = next((kind for kind, names in KINDS.items() if given in names), None)
        if found is None:
            reason = _("Write agreement, scale, choice or open.")
            self.problems.add(line.number, "kind", reason)
        return found

    def _reversed(self, line: Line) -> bool | None:
        given = line["reversed"].casefold()
        if given in YES | NO:
            return given in YES
        self.problems.add(line.number, "reversed", _("Write 1 for turned round, else 0."))
        return None


def _merged(known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """A language that the file has no column for stays."""
    return {code: " ".join(text.split()) for code, text in {**known, **given}.items()}


def _options(question: Question | None, line: Line, kind: str) -> dict[str, list[str]]:
    if kind != Question.Kind.CHOICE:
        return {}
    known: dict[str, list[str]] = {}
    for option in question.options if question else []:
        for code, label in option.items():
            known.setdefault(code, []).append(label)
    given = {
        code: [" ".join(part.split()) for part in text.split("|") if part.strip()]
        for code, text in line.texts("options_").items()
    }
    return {code: labels for code, labels in {**known, **given}.items() if labels}
