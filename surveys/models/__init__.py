from surveys.models.answers import Submission, Ticket
from surveys.models.bank import MOST_OPTIONS, BankImport, BankQuerySet, Question, QuestionText, Theme
from surveys.models.cycles import (
    LONGEST_OPEN,
    Cycle,
    CycleKind,
    CycleQuerySet,
    CycleQuestion,
    QuietPeriod,
    Turn,
)
from surveys.models.letters import LetterRun, Link
from surveys.models.mails import Mail, MailQuerySet, RefusedAddress
from surveys.models.waves import COMMENTS_TOGETHER, Invitation, Wave, WaveQuerySet, WaveQuestion, WaveUnit

__all__ = [
    "COMMENTS_TOGETHER",
    "LONGEST_OPEN",
    "MOST_OPTIONS",
    "BankImport",
    "BankQuerySet",
    "Cycle",
    "CycleKind",
    "CycleQuerySet",
    "CycleQuestion",
    "Invitation",
    "LetterRun",
    "Link",
    "Mail",
    "MailQuerySet",
    "Question",
    "QuestionText",
    "QuietPeriod",
    "RefusedAddress",
    "Submission",
    "Theme",
    "Ticket",
    "Turn",
    "Wave",
    "WaveQuerySet",
    "WaveQuestion",
    "WaveUnit",
]
