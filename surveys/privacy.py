"""What the tables of this app hold, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy_sheet import Kept, Privacy, Table

HR = _("HR")
A_PROGRAM = _("nobody; a program uses it")
TEXT = "code kind points reversed text_en text_nl other_languages options"
TABLES = {
    "surveys.Theme": Table(
        what=_("What questions are about."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who sees results"),
        fields={
            Privacy.SETTING: (
                "code name_en name_nl description_en description_nl other_languages kind position"
            ),
            Privacy.LOG: "changed_by changed_at",
            Privacy.TECHNICAL: "revision",
        },
    ),
    "surveys.Question": Table(
        what=_("Questions and their versions."),
        kept=Kept.ORGANISATION,
        read_by=HR,
        fields={
            Privacy.SETTING: f"{TEXT} theme short version predecessor is_equivalent retired_at",
            Privacy.LOG: "changed_by changed_at",
            Privacy.TECHNICAL: "revision",
        },
    ),
    "surveys.BankImport": Table(
        what=_("A file with questions that HR looks through."),
        kept=_("until the next file"),
        read_by=HR,
        fields={Privacy.SETTING: "file_name content", Privacy.LOG: "uploaded_by uploaded_at"},
    ),
    "surveys.Cycle": Table(
        what=_("A programme of questions: for whom, how often, in which words."),
        kept=Kept.ORGANISATION,
        read_by=HR,
        fields={
            Privacy.SETTING: (
                "name kind days_after units excluded_units questions recurrence starts_on send_at "
                "days_open reminder_after_days remind_again_after_days comment_allowed parts "
                "return_within skip_weekends skip_holidays languages sender_name reply_to intros "
                "mail_texts most_invitations most_within_days"
            ),
            Privacy.LOG: "created_by created_at changed_by changed_at texts_changed_by texts_changed_at",
            Privacy.TECHNICAL: "state texts_version version next_opens_at skipped_at",
        },
    ),
    "surveys.CycleQuestion": Table(
        what=_("Which questions a programme asks."),
        kept=Kept.ORGANISATION,
        read_by=HR,
        fields={Privacy.SETTING: "cycle question position rotating"},
    ),
    "surveys.Turn": Table(
        what=_("In which part someone is, where a programme asks one part of the people at a time."),
        kept=_("as long as someone is on the list of people"),
        read_by=A_PROGRAM,
        fields={Privacy.INVITATION: "employee part", Privacy.TECHNICAL: "cycle"},
    ),
    "surveys.QuietPeriod": Table(
        what=_("Days on which nobody is asked anything."),
        kept=Kept.ORGANISATION,
        read_by=HR,
        fields={Privacy.SETTING: "name first_day last_day"},
    ),
    "surveys.Wave": Table(
        what=_("One round of questions, with what was promised in it."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who sees results"),
        fields={
            Privacy.SETTING: (
                "cycle number name kind days_after minimum_group comment_allowed parts languages "
                "sender_name reply_to intros mail_texts"
            ),
            Privacy.RELEASED: "invited",
            Privacy.TECHNICAL: (
                "state adds_until round_at scheduled_for opened_at closes_at closed_at remind_at "
                "reminded_at remind_again_at key_name"
            ),
        },
    ),
    "surveys.WaveQuestion": Table(
        what=_("A question as it was asked."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who sees results"),
        fields={Privacy.SETTING: f"{TEXT} wave question theme position"},
    ),
    "surveys.WaveUnit": Table(
        what=_("The units as they were then, and how many people were asked."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who sees results"),
        fields={
            Privacy.SETTING: "wave unit name",
            Privacy.RELEASED: "invited has_figures",
            Privacy.TECHNICAL: "position parent_position",
        },
    ),
    "surveys.Invitation": Table(
        what=_("That someone was asked. Not whether they answered."),
        kept=Kept.INVITATIONS,
        read_by=_("HR sees who was not reached; nobody sees who answered"),
        fields={
            Privacy.INVITATION: ("wave employee reminders_stopped event_on invited_on closes_at"),
            Privacy.CONTACT: "email language",
            Privacy.TRAIT: "unit bands",
        },
    ),
    "surveys.Mail": Table(
        what=_("That a mail went out, and what the mail server said. The link is not stored."),
        kept=Kept.INVITATIONS,
        read_by=_("HR sees mails that did not arrive"),
        fields={
            Privacy.INVITATION: "invitation kind sent_at delivered_at complained_at again",
            Privacy.CONTACT: "error",
            Privacy.SECRET: "token_hash",
            Privacy.TECHNICAL: (
                "wave state due_at claim claimed_at claimed_until attempts message_id service_id"
            ),
        },
    ),
    "surveys.Link": Table(
        what=_("A letter’s way to an invitation. The link itself is not stored."),
        kept=Kept.INVITATIONS,
        read_by=A_PROGRAM,
        fields={
            Privacy.INVITATION: "invitation letter_run",
            Privacy.SECRET: "token_hash",
            Privacy.TECHNICAL: "wave",
        },
    ),
    "surveys.LetterRun": Table(
        what=_("Letters that HR ordered; for one day the file, sealed."),
        kept=_("the file one day; that it was ordered as long as the organisation uses Polsslag"),
        read_by=HR,
        fields={
            Privacy.LOG: "ordered_by ordered_at",
            Privacy.SECRET: "sealed",
            Privacy.SETTING: "wave audience form units",
            Privacy.TECHNICAL: "state letters made_at",
        },
    ),
    "surveys.RefusedAddress": Table(
        what=_("An address that refuses mail for good."),
        kept=_("until HR or a new file changes it, or the person is erased"),
        read_by=HR,
        fields={Privacy.CONTACT: "email reason", Privacy.TECHNICAL: "refused_at"},
    ),
    "surveys.Submission": Table(
        what=_(
            "What someone sent, for minutes, or until closing in a small team: no name, no link, no time."
        ),
        kept=_("until mixed, at the latest when the wave closes"),
        read_by=_("nobody; the web server cannot read it"),
        fields={Privacy.SEALED: "wave unit traits scores comments"},
    ),
    "surveys.Ticket": Table(
        what=_(
            "That someone of a unit answered, on which day: so that nobody answers twice, and who did gets "
            "no reminder. Who it was follows only with a key that is not in the database."
        ),
        kept=_("until the wave closes"),
        read_by=A_PROGRAM,
        fields={Privacy.INVITATION: "wave unit day", Privacy.SECRET: "value"},
    ),
}
