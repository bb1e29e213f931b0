"""What the tables of this app hold, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy_sheet import Kept, Privacy, Table

HR_AND_IT = _("HR and IT administrators")
TABLES = {
    "accounts.Organisation": Table(
        what=_("The organisation and its settings."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone who signs in"),
        fields={
            Privacy.SETTING: "name slug time_zone language minimum_group sender_name reply_to country "
            "subdivision mails_per_minute answers_kept invitations_kept",
        },
    ),
    "accounts.Look": Table(
        what=_("Logo and colour of mails and of the page with questions."),
        kept=Kept.ORGANISATION,
        read_by=_("everyone"),
        fields={Privacy.SETTING: "colour logo logo_width logo_height changed_at"},
    ),
    "accounts.ApiToken": Table(
        what=_("Lets a program read what its user may see."),
        kept=_("as long as the user"),
        read_by=_("its user; IT administrators, without the secret"),
        fields={
            Privacy.SECRET: "secret_hash",
            Privacy.SETTING: "user name reads expires_on",
            Privacy.LOG: "made_at last_used_on withdrawn_at",
        },
    ),
    "accounts.Webhook": Table(
        what=_("An address of another system that is told that something happened."),
        kept=_("until removed"),
        read_by=HR_AND_IT,
        fields={
            Privacy.SETTING: "name url events set_by",
            Privacy.LOG: "made_at off_at",
            Privacy.TECHNICAL: "off is_to_be_told",
        },
    ),
    "accounts.WebhookSecret": Table(
        what=_("What messages to such an address are signed with, encrypted."),
        kept=_("until replaced or removed"),
        read_by=_("nobody; a program uses it"),
        fields={Privacy.SECRET: "sealed", Privacy.LOG: "made_at", Privacy.TECHNICAL: "webhook ends_at"},
    ),
    "accounts.Delivery": Table(
        what=_("A message to such an address: what happened and where to read it, never a figure."),
        kept=_("30 days"),
        read_by=HR_AND_IT,
        fields={
            Privacy.LOG: "event about body made_at",
            Privacy.TECHNICAL: "webhook message due_at tries delivered_at status problem",
        },
    ),
    "accounts.User": Table(
        what=_("Someone who signs in: HR, managers and others with a role. Who only answers has none."),
        kept=_("as long as someone has a role; erased when asked"),
        read_by=_("HR; and the person"),
        fields={
            Privacy.IDENTITY: "name",
            Privacy.CONTACT: "email language",
            Privacy.LOG: "last_login date_joined",
            Privacy.SECRET: "password",
            Privacy.SETTING: "is_active is_superuser groups user_permissions",
        },
    ),
    "accounts.AuditEvent": Table(
        what=_("Who did what, for checks afterwards. It never holds an answer or a comment."),
        kept=_("always: the database refuses to change or delete it, so that nobody can wipe out a trace"),
        read_by=_("whoever manages the installation"),
        fields={Privacy.LOG: "at actor action target detail"},
    ),
}
