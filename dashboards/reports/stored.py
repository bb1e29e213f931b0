"""What the table of reports holds, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy_sheet import Privacy, Table

TABLES = {
    "dashboards.ReportRun": Table(
        what=_("A unit’s page as a file: who asked for it, and the file itself."),
        kept=_("the file for one day; that it was asked for as long as the user"),
        read_by=_("the one who asked"),
        fields={
            Privacy.RELEASED: "file",
            Privacy.SETTING: "unit wave form",
            Privacy.LOG: "user asked_at made_at",
            Privacy.TECHNICAL: "state",
        },
    )
}
