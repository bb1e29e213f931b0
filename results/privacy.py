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
        fields={Privacy.MIXED: "wave unit portion traits scores"},
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
    "results.FilterBand": Table(
        what=_("Groups of at least ten people with a trait in common, such as an age."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave unit trait values", Privacy.TECHNICAL: "number"},
    ),
    "results.FilterFigure": Table(
        what=_("The average of such a group, per question."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave band question released_at n mean"},
    ),
    "results.FilterAtom": Table(
        what=_("How many people of a team who answered are in which of these groups, without their answers."),
        kept=FOR_GOOD,
        read_by=_("the check of what was released; no page shows it"),
        fields={Privacy.TRAIT: "wave unit bands people"},
    ),
    "results.FilterOutcome": Table(
        what=_("Which traits are shown, and which were dropped because they could give people away."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave trait outcome units"},
    ),
    "results.WaveVerdict": Table(
        what=_("What the check found of what was released."),
        kept=FOR_GOOD,
        read_by=_("the privacy officer"),
        fields={Privacy.RELEASED: "wave audited_at passed report"},
    ),
    "results.SignalSetting": Table(
        what=_("How soon a shift is named as a signal."),
        kept=Kept.ORGANISATION,
        read_by=READERS,
        fields={Privacy.SETTING: "sensitivity"},
    ),
    "results.SignalRun": Table(
        what=_("That a wave was searched for signals, and how many chance alone was expected to give."),
        kept=FOR_GOOD,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave outcome", Privacy.TECHNICAL: "read_at version sensitivity"},
    ),
    "results.Signal": Table(
        what=_("A shift in released figures of a unit, and what was done with it."),
        kept=Kept.ORGANISATION,
        read_by=READERS,
        fields={
            Privacy.RELEASED: (
                "unit wave kind theme topic since earliest latest size size_error probability is_confirmed "
                "weight within fell_back_after evidence"
            ),
            Privacy.LOG: "raised_at state reason changed_at",
            Privacy.TECHNICAL: "version",
        },
    ),
    "results.Finding": Table(
        what=_("How released figures moved after a change or an action, against those of other units."),
        kept=_("as long as it holds; after each wave it is made anew"),
        read_by=READERS,
        fields={Privacy.RELEASED: "effects", Privacy.TECHNICAL: "key"},
    ),
    "results.FindingRun": Table(
        what=_("That with a wave it was looked at what had moved since changes and actions."),
        kept=Kept.ORGANISATION,
        read_by=_("nobody; it tells the worker what is still to do"),
        fields={Privacy.TECHNICAL: "wave read_at"},
    ),
    "results.CommentTopic": Table(
        what=_("What released comments of a wave are about: words, and which comments hold them."),
        kept=Kept.ANSWERS,
        read_by=READERS,
        fields={Privacy.RELEASED: "wave terms comments growing", Privacy.TECHNICAL: "position"},
    ),
    "results.Indicator": Table(
        what=_("A figure that HR keeps per unit and month, such as sick leave."),
        kept=Kept.ORGANISATION,
        read_by=READERS,
        fields={Privacy.SETTING: "name unit_of_measure", Privacy.TECHNICAL: "changed_at compared_at"},
    ),
    "results.IndicatorValue": Table(
        what=_("The values of such a figure, as HR uploaded them."),
        kept=Kept.ORGANISATION,
        read_by=READERS,
        fields={Privacy.SETTING: "indicator unit month value"},
    ),
    "results.LeadLag": Table(
        what=_("How such a figure and a theme moved together over the whole organisation."),
        kept=Kept.ORGANISATION,
        read_by=READERS,
        fields={
            Privacy.RELEASED: (
                "indicator theme months earliest latest correlation lowest highest chance pairs units"
            ),
        },
    ),
    "results.DigestChoice": Table(
        what=_("How often a leader wants a mail about signals."),
        kept=_("as long as the user"),
        read_by=_("that leader"),
        fields={Privacy.SETTING: "user frequency"},
    ),
    "results.Digest": Table(
        what=_("That a leader got a mail about what moved after a wave."),
        kept=_("as long as the wave"),
        read_by=NOBODY,
        fields={Privacy.LOG: "wave user due_at sent_at", Privacy.RELEASED: "moved"},
    ),
}
