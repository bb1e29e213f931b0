"""Questions of the town's own, for the pages of the question bank."""

from __future__ import annotations

from django.utils import timezone

from surveys.bank.drafts import QuestionDraft, ThemeDraft
from surveys.bank.exchange import keep_file
from surveys.bank.rows import all_questions, all_themes
from surveys.bank.services import change_question, create_question, create_theme
from surveys.models import Question
from tests.browser.town import Town

HEADER = "code;theme;kind;text_nl;text_en;options_nl;options_en\n"
FILE = HEADER + (
    ";energy;agreement;Ik kan thuis rustig werken en nadenken.;I can work and think at home.;;\n"
    ";energy;choice;Waar werk je het liefst?;Where do you like to work most?;"
    "Thuis | Op kantoor;At home | In the office\n"
)


def draft(town: Town, dutch: str, english: str, **more: object) -> QuestionDraft:
    theme = all_themes().get(organisation=None, code="energy")
    fields: dict[str, object] = {"theme": theme, "kind": Question.Kind.AGREEMENT} | more
    return QuestionDraft(texts={"nl": dutch, "en": english}, **fields)  # type: ignore[arg-type]


def own_question(town: Town, dutch: str = "Mijn werk is leuk en zinvol.") -> Question:
    made = draft(town, dutch, "My work is fun.")
    return create_question(town.organisation, draft=made, by=town.users["hr"], now=timezone.now())


def choice(town: Town) -> Question:
    options = {
        "nl": ["Thuis", "Op kantoor", "Onderweg of ergens anders"],
        "en": ["At home", "In the office", "On the road or somewhere else"],
    }
    made = draft(
        town,
        "Waar werk je het liefst?",
        "Where do you like to work most?",
        kind=Question.Kind.CHOICE,
        options=options,
    )
    return create_question(town.organisation, draft=made, by=town.users["hr"], now=timezone.now())


def with_versions(town: Town) -> Question:
    """The newest of two versions, of which the town's cycle still asks the first."""
    old = own_question(town)
    town.wave.questions.filter(position=0).update(question=old)
    town.cycle.cycle_questions.filter(position=0).update(question=old)
    return change_question(
        old,
        draft=draft(town, "Mijn werk is zinvol.", "My work is useful."),
        revision=1,
        by=town.users["hr"],
        now=timezone.now(),
    )


def shared(town: Town) -> Question:
    return all_questions().get(organisation=None, code="energy_1", retired_at=None)


def own_theme(town: Town) -> int:
    draft = ThemeDraft(names={"nl": "Thuiswerken", "en": "Working from home"})
    return create_theme(town.organisation, draft=draft, by=town.users["hr"], now=timezone.now()).pk


def uploaded(town: Town, content: str) -> str:
    kept = keep_file(
        town.organisation,
        file_name="vragen.csv",
        content=content.encode(),
        by=town.users["hr"],
        now=timezone.now(),
    )
    return f"/questions/import/{kept.pk}/"
