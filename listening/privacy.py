"""What the tables of the libraries hold, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy_sheet import Privacy, Table

A_PROGRAM = _("nobody; a program uses it")
WHILE_IT_IS_USED = _("as long as the user")
TABLES = {
    "sessions.Session": Table(
        what=_("That a browser is signed in. Who only answers has no session and no cookie."),
        kept=_("until signing out, or two weeks"),
        read_by=A_PROGRAM,
        fields={Privacy.SECRET: "session_key session_data", Privacy.TECHNICAL: "expire_date"},
    ),
    "account.EmailAddress": Table(
        what=_("The address with which a user signs in."),
        kept=WHILE_IT_IS_USED,
        read_by=_("the person"),
        fields={Privacy.CONTACT: "email", Privacy.TECHNICAL: "user verified primary"},
    ),
    "account.EmailConfirmation": Table(
        what=_("A question to a user whether an address is theirs."),
        kept=_("some days"),
        read_by=A_PROGRAM,
        fields={Privacy.SECRET: "key", Privacy.TECHNICAL: "email_address created sent"},
    ),
    "mfa.Authenticator": Table(
        what=_("A user’s second step of signing in."),
        kept=WHILE_IT_IS_USED,
        read_by=_("the person"),
        fields={
            Privacy.SECRET: "data",
            Privacy.LOG: "created_at last_used_at",
            Privacy.TECHNICAL: "user type",
        },
    ),
    "auth.Group": Table(
        what=_("Not used."),
        kept=_("empty"),
        read_by=A_PROGRAM,
        fields={Privacy.TECHNICAL: "name permissions"},
    ),
    "auth.Permission": Table(
        what=_("Names of tables. Nobody’s data."),
        kept=_("with each version"),
        read_by=A_PROGRAM,
        fields={Privacy.TECHNICAL: "name content_type codename"},
    ),
    "contenttypes.ContentType": Table(
        what=_("Names of tables. Nobody’s data."),
        kept=_("with each version"),
        read_by=A_PROGRAM,
        fields={Privacy.TECHNICAL: "app_label model"},
    ),
}
