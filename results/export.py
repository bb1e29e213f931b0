"""Everything released, as rows for a file; `docs/` and `manage.py figures export` describe the format."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Organisation
from accounts.spreadsheets import harmless
from results import queries
from results.models import Release
from surveys.models import Wave, WaveQuestion

HEADER = ("wave", "unit", "question", "statistic", "n", "value", "coverage")
Row = tuple[int, str, str, str, int, str, str]


def final_figures(organisation: Organisation) -> Iterator[Row]:
    """All final figures in order of time, unit and question, on each question's own scale.

    A single choice has a count and a distribution only, in the order of its options.

    mean: at full precision · count: the number of answers · favourable: percentage, from 10 answers ·
    distribution: answers per score, lowest first, joined with `;`, from 50 answers. n and coverage are those
    of the statistic: a group that is large enough for a mean may be too small for the others.
    """
    for wave in queries.released_waves(organisation).order_by("opened_at"):
        yield from _figures_of(wave)


def _figures_of(wave: Wave) -> Iterator[Row]:
    paths = queries.unit_paths(wave)
    order = {unit_id: place for place, unit_id in enumerate(paths)}
    questions = {question.question_id: question for question in wave.questions.all()}
    releases = Release.objects.filter(wave=wave, step=Release.FINAL)
    for release in sorted(
        releases, key=lambda one: (order[one.unit_id], questions[one.question_id].position)
    ):
        question = questions[release.question_id]
        unit = harmless(paths[release.unit_id])
        for statistic, n, value, covered in _statistics(release, question):
            yield wave.number, unit, question.code, statistic, n, value, repr(covered / release.invited)


def _statistics(release: Release, question: WaveQuestion) -> Iterator[tuple[str, int, str, int]]:
    if release.mean is not None:
        yield "mean", release.n, repr(release.mean), release.covered
    yield "count", release.n, str(release.n), release.covered
    if release.low is not None and release.middle is not None and release.high is not None:
        n = release.low + release.middle + release.high
        favourable = release.low if question.reversed else release.high
        yield "favourable", n, repr(100 * favourable / n), release.shares_covered or 0
    if release.distribution is not None:
        spread = release.distribution
        yield "distribution", sum(spread), ";".join(map(str, spread)), release.distribution_covered or 0
