"""Everything released, as rows for a file; `docs/` and `manage.py figures export` describe the format."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import Organisation
from accounts.spreadsheets import harmless
from results import queries
from results.disclosure import scale
from results.models import Release
from surveys.models import Wave, WaveQuestion

HEADER = ("wave", "unit", "question", "statistic", "n", "value", "coverage")
Row = tuple[int, str, str, str, int, str, str]


def final_figures(organisation: Organisation) -> Iterator[Row]:
    """All final figures in order of time, unit and question, on each question's own scale.

    mean: at full precision · count: the number of answers · favourable: percentage, from 10 answers ·
    distribution: answers per score, lowest first, joined with `;`, from 50 answers.
    """
    for wave in Wave.objects.closed().filter(organisation=organisation).order_by("opened_at"):
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
        coverage = repr(release.covered / release.invited)
        for statistic, value in _statistics(release, question):
            unit = harmless(paths[release.unit_id])
            yield wave.number, unit, question.code, statistic, release.n, value, coverage


def _statistics(release: Release, question: WaveQuestion) -> Iterator[tuple[str, str]]:
    yield "mean", repr(release.mean)
    yield "count", str(release.n)
    favourable = release.low if question.reversed else release.high
    if favourable is not None and release.n >= scale.THIRDS_FROM:
        yield "favourable", repr(100 * favourable / release.n)
    if release.distribution is not None:
        yield "distribution", ";".join(map(str, release.distribution))
