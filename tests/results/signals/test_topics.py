"""Topics in comments: found, named by their terms, and told only when ten people wrote about them."""

from __future__ import annotations

import numpy as np

from results.signals.comments_simulation import LABELS, labelled
from results.signals.growing import WHOLE, growth
from results.signals.topics import FEWEST, topics


def test_most_comments_that_belong_together_are_found_together_in_both_languages() -> None:
    comments = labelled(600, np.random.default_rng(1))
    found = topics(comments.texts)
    assert len(found) >= 5
    purity = [np.bincount(comments.label[topic.comments]).max() for topic in found]
    assert sum(purity) / sum(len(topic.comments) for topic in found) > 0.75
    assert len({int(np.bincount(comments.label[topic.comments]).argmax()) for topic in found}) >= 5


def test_a_topic_is_named_by_words_of_its_comments() -> None:
    comments = labelled(600, np.random.default_rng(1))
    for topic in topics(comments.texts):
        texts = " ".join(comments.texts[place] for place in topic.comments.tolist()).lower()
        assert all(word in texts for term in topic.terms for word in term.split())


def test_fewer_than_ten_different_comments_are_no_topic() -> None:
    comments = labelled(600, np.random.default_rng(1))
    for topic in topics(comments.texts):
        assert len({comments.texts[place].lower() for place in topic.comments.tolist()}) >= FEWEST
    assert topics(["De printer is stuk."] * 200) == []
    assert topics(comments.texts[:20]) == []


def test_a_topic_that_grows_in_one_unit_is_told_of_that_unit() -> None:
    comments = labelled(900, np.random.default_rng(2), growing=(3, 0))
    found = topics(comments.texts)
    grown = growth(found, comments.unit, comments.wave)
    likely = [one for one in grown if one.p_value < 0.01]
    assert likely
    assert {one.unit for one in likely} - {WHOLE} == {3}
    for one in likely:
        assert np.bincount(comments.label[found[one.topic].comments]).argmax() == 0


def test_where_nothing_grows_little_is_told() -> None:
    told = total = 0
    for seed in range(3):
        comments = labelled(900, np.random.default_rng(10 + seed))
        grown = growth(topics(comments.texts), comments.unit, comments.wave)
        told += sum(one.p_value < 0.01 for one in grown)
        total += 6 * len(LABELS)
    assert told <= 0.03 * total


def test_where_units_differ_all_along_false_alarms_keep_to_what_is_expected_by_chance() -> None:
    """And that keeps to the promise; three standard errors of a count allow for chance."""
    told = expected = pairs = 0.0
    for seed in range(6):
        comments = labelled(900, np.random.default_rng(20 + seed), alike=0.1)
        looked_at = growth(topics(comments.texts), comments.unit, comments.wave)
        told += sum(one.p_value <= 0.005 for one in looked_at)
        expected += sum(one.by_chance(0.005) for one in looked_at)
        pairs += len(looked_at)
    assert 0 < expected <= 0.005 * pairs
    assert told <= expected + 3 * np.sqrt(expected)


def test_what_just_began_is_a_topic_among_years_of_other_comments() -> None:
    """Forty comments of two thousand, on something that nobody wrote about before."""
    usual = labelled(2000, np.random.default_rng(7)).texts
    said = ("Over de energietoeslag is veel onduidelijk", "Wie beslist over de energietoeslag")
    fresh = [
        f"{said[place % 2]} {chr(97 + place % 7) * 4} {chr(97 + place // 7) * 3}." for place in range(40)
    ]
    found = topics([*usual, *fresh], newest=400)
    [about] = [one for one in found if "energietoeslag" in one.terms]
    assert set(range(2000, 2040)) <= set(about.comments.tolist())
    assert len(about.comments) < 60


def test_the_same_texts_give_the_same_topics() -> None:
    comments = labelled(300, np.random.default_rng(4))
    first, second = topics(comments.texts), topics(comments.texts)
    assert [topic.terms for topic in first] == [topic.terms for topic in second]
