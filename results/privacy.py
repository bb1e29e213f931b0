"""What the tables of this app hold, for the privacy sheet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.privacy_sheet import Kept, Privacy, Table

NOBODY = _("nobody; the web server cannot read it")
READERS = _("HR, and managers of the unit and the units above it, once the wave was checked")
FOR_GOOD = _("as long as the organisation uses Polsslag; the database refuses to change or delete it")
TABLES = {
    "results.Response": Table(
        what=_("Answers without a name, in random order; after closing in groups of at least the minimum."),
        kept=Kept.ANSWERS,
        read_by=NOBODY,
        fields={Privacy.MIXED: "wave unit portion bands scores"},
    ),
    "results.LiveRound": Table(
        what=_("On which days figures of an open wave were made."),
        kept=_("as long as the wave"),
        read_by=NOBODY,
        fields={Privacy.TECHNICAL: "wave day"},
    ),
    "results.Comment": Table(
        what=_("What people wrote, apart from their other answers, until the wave closes."),
        kept=_("until the wave closes; then the masked text takes its place"),
        read_by=NOBODY,
        fields={Privacy.MIXED: "wave unit question text"},
    ),
    "results.CommentPool": Table(
        what=_("Which groups’ comments are read together, and how many they are."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave question unit own_groups n"},
    ),
    "results.ReleasedComment": Table(
        what=_(
            "Comments with names and numbers taken out, in pools of at least ten people, in random order."
        ),
        kept=Kept.ANSWERS,
        read_by=READERS,
        fields={Privacy.RELEASED: "text", Privacy.TECHNICAL: "pool"},
    ),
    "results.CommentMark": Table(
        what=_("That HR hid a comment from leaders or showed it again, and why."),
        kept=_("as long as the comment"),
        read_by=_("HR"),
        fields={Privacy.LOG: "hidden reason by at", Privacy.TECHNICAL: "comment"},
    ),
    "results.Block": Table(
        what=_("Groups whose answers are released as one, with how often each answer was given."),
        kept=FOR_GOOD,
        read_by=_("the check of what was released; the privacy officer sees which groups, without answers"),
        fields={Privacy.RELEASED: "wave question unit own_groups counts n"},
    ),
    "results.Atom": Table(
        what=_("How many people were asked and answered, per group that is never parted."),
        kept=FOR_GOOD,
        read_by=_("the privacy officer, in the file for an outside auditor"),
        fields={Privacy.RELEASED: "wave unit step bands own_groups people"},
    ),
    "results.Release": Table(
        what=_("Every figure ever released, with the groups that it is the sum of."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={
            Privacy.RELEASED: (
                "wave unit question step released_at blocks n mean low middle high distribution "
                "invited covered shares_blocks shares_covered distribution_blocks "
                "distribution_covered"
            ),
        },
    ),
    "results.Participation": Table(
        what=_("How many of a unit answered, of how many."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave unit invited answered groups"},
    ),
    "results.WaveVerdict": Table(
        what=_("What the check found of what was released."),
        kept=FOR_GOOD,
        read_by=_("the privacy officer"),
        fields={Privacy.RELEASED: "wave audited_at passed report"},
    ),
}
