"""What a team talks about, per theme: to recognise the figure, to look behind it, and to agree a step.

Open questions about the work, never about who answered what. HR's own themes get the general ones.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Talk:
    recognise: Promise
    behind: Promise
    step: Promise


GENERAL = Talk(
    _("What do you recognise in these figures, and what surprises you?"),
    _("When does this go well here? What is different at those moments?"),
    _("What is one thing that we ourselves can change before the next wave?"),
)

BY_THEME = {
    "cooperation": Talk(
        _("With which teams does work go smoothly, and where does it wait?"),
        _("What do we need to know from each other earlier than we do now?"),
        _("With which team do we make one clear agreement, and who calls them?"),
    ),
    "priorities": Talk(
        _("If we all write down the three most important things of this month, do we write the same?"),
        _("Which work do we keep doing although nobody asks for it any more?"),
        _("What do we put aside for now, and who tells the people who wait for it?"),
    ),
    "clarity_on_paper": Talk(
        _("Which rule or agreement do we explain to each other most often?"),
        _("Where does the paper say one thing and practice another?"),
        _("Which one text do we rewrite or remove, and who does that?"),
    ),
    "friction": Talk(
        _("What cost you needless time last week?"),
        _("Which of these can we solve here, and which need somebody else?"),
        _("Which one hindrance do we take away, and to whom do we bring the next?"),
    ),
    "energy": Talk(
        _("Which work gave you energy lately, and which took it?"),
        _("What changed since the time when this went better?"),
        _("What do we do more of, and what do we share out in another way?"),
    ),
    "change": Talk(
        _("Which changes are going on at the same time for us now?"),
        _("What do we not know yet, and what would help us most to know?"),
        _("Which change do we take on first, and what may wait?"),
    ),
    "voice": Talk(
        _("When did you last say that something could be better? What happened then?"),
        _("What makes it easy to speak here, and what makes it hard?"),
        _("How do we make sure that everyone hears what was done with a remark?"),
    ),
    "returning_questions": Talk(
        _("Which question comes up in our meetings again and again?"),
        _("Who can answer it, and what has kept the answer away?"),
        _("Which one question gets an answer before the next meeting, and from whom?"),
    ),
    "trust": Talk(
        _("Which decision of late did you understand, and which one did you not?"),
        _("What do we need to hear from our leaders, and what do they need to hear from us?"),
        _("Which one question do we put to our leaders, and when?"),
    ),
    "engagement": Talk(
        _("At which moment were you proud of our work?"),
        _("What part of the work would you like to do more often?"),
        _("What can we arrange so that this part gets more room?"),
    ),
    "retention": Talk(
        _("What makes this a good place to work, and what would you miss?"),
        _("What would you like to learn or do here in the coming year?"),
        _("What can we make possible for each other, and what do we need for it?"),
    ),
    "workload": Talk(
        _("Which weeks are too full, and which work fills them?"),
        _("What do we do that nobody would miss?"),
        _("What do we stop, postpone or share, and who decides on it?"),
    ),
    "team": Talk(
        _("Of which result were we all glad, and how did we do it?"),
        _("What do we leave lying because everyone thinks that somebody else does it?"),
        _("Which agreement do we make about it, and when do we look whether it works?"),
    ),
    "citizens": Talk(
        _("What do the people we help thank us for, and what do they complain about?"),
        _("Where do our own rules stand between us and a good answer?"),
        _("What can we do differently for one of them this month?"),
    ),
    "recommendation": Talk(
        _("What would you tell a friend who thinks of working here?"),
        _("What would have to change for a higher mark?"),
        _("Which of these things lies in our own hands?"),
    ),
}


def talk_about(theme_code: str) -> Talk:
    return BY_THEME.get(theme_code, GENERAL)
