"""What the municipality asks beside the shared bank: a theme of its own, with a single choice."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Organisation, User
from surveys.bank.drafts import QuestionDraft, ThemeDraft
from surveys.bank.services import create_question, create_theme
from surveys.models import Question

THEME = ThemeDraft(
    names={"nl": "Thuis en op kantoor", "en": "At home and in the office"},
    descriptions={
        "nl": "Hoe werken op verschillende plekken gaat. Een hoge score betekent dat het goed gaat.",
        "en": "How working in different places goes. A high score means that it goes well.",
    },
)
STATEMENTS = (
    ("Ik kan thuis rustig werken.", "I can work quietly at home.", False),
    ("Op kantoor vind ik snel een plek.", "I soon find a place in the office.", False),
    ("Ik mis mijn team als ik thuis werk.", "I miss my team when I work at home.", True),
)
CHOICE = ("Waar werk je het liefst?", "Where do you like to work most?")
OPTIONS = {
    "nl": ["Thuis", "Op kantoor", "In de wijk", "Maakt me niet uit"],
    "en": ["At home", "In the office", "In the neighbourhood", "I do not mind"],
}


def add_own_questions(organisation: Organisation, *, by: User, now: datetime) -> None:
    theme = create_theme(organisation, draft=THEME, by=by, now=now)
    drafts = [
        QuestionDraft(
            theme=theme,
            kind=Question.Kind.AGREEMENT,
            texts={"nl": dutch, "en": english},
            reversed=turned,
        )
        for dutch, english, turned in STATEMENTS
    ]
    dutch, english = CHOICE
    choice = QuestionDraft(
        theme=theme,
        kind=Question.Kind.CHOICE,
        texts={"nl": dutch, "en": english},
        options=OPTIONS,
    )
    for draft in (*drafts, choice):
        create_question(organisation, draft=draft, by=by, now=now)
