"""Which questions are named, and that few answers do not easily get a question named."""

from __future__ import annotations

from dashboards.unit.lines import QuestionLine
from dashboards.unit.standing_out import Named, standing_out
from results.figures import Figure, Reason, Shown, Withheld


def figure(mean: float, n: int) -> Shown:
    return Shown(mean, n, 1, 5, None, None, covered=n, invited=n)


def question(text: str, mean: float, *, whole: float = 3.5, n: int = 100) -> QuestionLine:
    own: Figure = figure(mean, n) if n else Withheld(Reason.TOO_FEW)
    return QuestionLine("energy", text, False, own, None, None, figure(whole, 2000), "")


def texts(named: list[Named]) -> list[str]:
    return [f"{one.question.text}{'' if one.against else '?'}" for one in named]


FIVE_ALIKE = [question(text, 3.5) for text in "abcde"]


def test_the_clearest_differences_are_named_first() -> None:
    found = standing_out([*FIVE_ALIKE, question("up", 4.0), question("more up", 4.4), question("down", 2.9)])
    assert texts(found.strengths) == ["more up", "up"]
    assert texts(found.to_discuss)[0] == "down"


def test_a_large_difference_of_few_gives_way_to_a_smaller_one_that_is_sure() -> None:
    few, many = question("few", 2.6, n=8), question("many", 3.0, n=400)
    found = standing_out([*FIVE_ALIKE, few, many])
    assert texts(found.to_discuss)[0] == "many"  # surely 0.4 less 0.1; of eight answers surely 0.9 less 0.7


def test_what_may_be_chance_is_said_to_be_only_the_highest_or_lowest() -> None:
    found = standing_out([*FIVE_ALIKE, question("high", 3.9, n=8), question("low", 3.1, n=8)])
    assert texts(found.strengths)[0] == "high?"
    assert texts(found.to_discuss)[0] == "low?"


def test_no_question_is_on_both_sides_and_few_questions_name_nothing() -> None:
    found = standing_out(FIVE_ALIKE)
    assert not set(texts(found.strengths)) & set(texts(found.to_discuss))
    assert standing_out(FIVE_ALIKE[:4]).strengths == []
    assert standing_out([*FIVE_ALIKE[:4], question("hidden", 1.0, n=0)]).to_discuss == []


def test_a_clear_strength_is_never_worth_talking_about() -> None:
    everything_well = [question(text, 4.5) for text in "abcde"]
    assert standing_out(everything_well).to_discuss == []
