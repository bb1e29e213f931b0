"""What the tables of this app hold, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy import HR_AND_IT
from accounts.privacy_sheet import Kept, Privacy, Table

TABLES = {
    "orgunits.OrgUnit": Table(
        what=_("Departments and teams, and who leads them."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who sees results of the unit; HR and IT administrators all"),
        fields={
            Privacy.SETTING: "name ended_on",
            Privacy.TRAIT: "manager",
            Privacy.TECHNICAL: "path depth numchild",
        },
    ),
    "orgunits.Employee": Table(
        what=_("Who works here, as the organisation’s own files say. No answer refers to it."),
        kept=_("as long as someone works here; then without being used, until erased"),
        read_by=HR_AND_IT,
        fields={
            Privacy.IDENTITY: "employee_id first_name last_name",
            Privacy.CONTACT: "email language",
            Privacy.TRAIT: "unit manager joined_on left_on leaves_on moved_on traits",
        },
    ),
    "orgunits.RoleGrant": Table(
        what=_("Who may see results of which unit, from when to when."),
        kept=_("as long as the user; ended roles stay, to show who could see what"),
        read_by=_("HR"),
        fields={Privacy.SETTING: "user role unit starts_on ends_on from_import"},
    ),
    "orgunits.ImportRun": Table(
        what=_("An uploaded file with people; its content is emptied once it is applied."),
        kept=_("the content until applied; the rest as long as the organisation uses Polsslag"),
        read_by=HR_AND_IT,
        fields={
            Privacy.IDENTITY: "content errors",
            Privacy.LOG: "uploaded_by uploaded_at applied_at asked_by",
            Privacy.SETTING: "lineage",
            Privacy.TECHNICAL: "state file_name summary attempts note",
        },
    ),
    "orgunits.ImportChange": Table(
        what=_("What a file would change, to look through before it is applied."),
        kept=_("until the next file"),
        read_by=HR_AND_IT,
        fields={Privacy.IDENTITY: "subject values", Privacy.TRAIT: "unit", Privacy.TECHNICAL: "run kind"},
    ),
    "orgunits.ImportTrace": Table(
        what=_("Rows as they were before the last file, so that it can be undone."),
        kept=_("until the next file is applied"),
        read_by=_("nobody; a program uses it"),
        fields={Privacy.IDENTITY: "before after", Privacy.TECHNICAL: "run table row"},
    ),
    "orgunits.ImportColumn": Table(
        what=_("What the columns of the organisation’s files mean."),
        kept=Kept.ORGANISATION,
        read_by=HR_AND_IT,
        fields={Privacy.SETTING: "name meaning"},
    ),
    "orgunits.UnitLineage": Table(
        what=_("Where the people of a unit went in a reorganisation, in numbers."),
        kept=Kept.ORGANISATION,
        read_by=HR_AND_IT,
        fields={
            Privacy.SETTING: "from_unit to_unit on",
            Privacy.RELEASED: "people weight",
            Privacy.TECHNICAL: "run",
        },
    ),
    "orgunits.ChangeEvent": Table(
        what=_("What changed for a unit: a reorganisation, a new system, a move."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who sees results of the unit"),
        fields={Privacy.SETTING: "name kind on unit"},
    ),
}
