"""What people say who read English, by the same themes as `comments.SAYINGS`."""

from __future__ import annotations

SAYINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cooperation": (
        ("Other departments are easy to reach.", "Handovers go well since we meet every week."),
        ("I wait too long for an answer from other departments.", "Everyone works on their own island."),
    ),
    "priorities": (
        ("It is clear what comes first this month.",),
        ("Everything is urgent, so nothing is.", "One project manager says this, the other that."),
    ),
    "clarity_on_paper": (
        ("The work instructions are short and right.",),
        ("The instructions are in four places, all in Dutch.",),
    ),
    "friction": (
        ("Work flows well.",),
        ("On paper it is fine, but in the system each case takes three times as many clicks.",),
    ),
    "energy": (
        ("This team gives me energy.",),
        ("After a day of work I am worn out.", "Things are added and nothing is ever dropped."),
    ),
    "change": (
        ("Good that we got time to get used to it.",),
        ("The last change is not finished and the next one begins.",),
    ),
    "voice": (
        ("My manager listens.",),
        ("We are heard, but nothing is done with it.",),
    ),
    "returning_questions": (
        ("Questions are answered quickly.",),
        ("Every week we ask the same question.", "I am sent from one person to another."),
    ),
}
RETURNING = (
    "Each week someone asks who decides about the energietoeslag.",
    "There are still no instructions for the energietoeslag.",
)
