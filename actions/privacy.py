"""What the tables of this app hold, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy_sheet import Kept, Privacy, Table

TABLES = {
    "actions.Action": Table(
        what=_(
            "What a unit agreed to do, why, from when to when, and who sees to it. People write the texts "
            "themselves, without answers in them."
        ),
        kept=Kept.ORGANISATION,
        read_by=_(
            "everyone who sees results of the unit; what and when also those who were asked there, unless it "
            "is not shared"
        ),
        fields={
            Privacy.SETTING: "unit title why theme signal starts_on due_on is_shared outcome what_came_of_it",
            Privacy.RELEASED: "moved",
            Privacy.LOG: "owner created_at created_by changed_at closed_at",
            Privacy.TECHNICAL: "remind_at looked_at form_key",
        },
    ),
}
