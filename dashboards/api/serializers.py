"""How the resources look on the wire, and in the description of the API."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from actions.models import Action
from results.effects.effect import Moved
from results.signals.models import Signal

ReadOnly = serializers.Serializer[Any]


class AsItIs(ReadOnly):
    """Of what is made as it goes out: a page has thousands, and field by field took half of the time."""

    def to_representation(self, instance: Any) -> Any:
        return instance


class OrganisationSerializer(ReadOnly):
    name = serializers.CharField()
    slug = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    minimum_group = serializers.IntegerField(help_text="Smallest group of which a figure is shown.")


class UnitSerializer(ReadOnly):
    id = serializers.IntegerField()
    name = serializers.CharField()
    above = serializers.IntegerField(allow_null=True, help_text="The unit above; null at the top of reach.")
    layer = serializers.IntegerField(help_text="From 1, the whole organisation.")
    ended_on = serializers.DateField(allow_null=True)


class CycleSerializer(ReadOnly):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    waves = serializers.IntegerField(help_text="How many of its waves can be read here.")


class QuestionSerializer(AsItIs):
    code = serializers.CharField()
    theme = serializers.CharField()
    text = serializers.CharField(help_text="In the language of the Accept-Language header.")
    kind = serializers.CharField()
    lowest = serializers.IntegerField()
    highest = serializers.IntegerField()
    reversed = serializers.BooleanField(
        help_text="Agreeing is unfavourable; figures are turned around already."
    )


class WaveSerializer(ReadOnly):
    id = serializers.IntegerField()
    cycle = serializers.IntegerField()
    number = serializers.IntegerField()
    name = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField()
    minimum_group = serializers.IntegerField()
    questions = QuestionSerializer(many=True)


class ParticipationSerializer(ReadOnly):
    unit = serializers.IntegerField()
    answered = serializers.IntegerField()
    invited = serializers.IntegerField()


class FigureSerializer(AsItIs):
    unit = serializers.IntegerField()
    of = serializers.ChoiceField(["theme", "question", "choice"])
    code = serializers.CharField()
    shown = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True, help_text="Why it is withheld: too_few or not_asked.")
    mean = serializers.FloatField(allow_null=True, help_text="Higher is always better.")
    n = serializers.IntegerField(allow_null=True)
    favourable = serializers.FloatField(allow_null=True, help_text="Percentage, from 10 answers.")
    neutral = serializers.FloatField(allow_null=True)
    unfavourable = serializers.FloatField(allow_null=True)
    shares_of = serializers.IntegerField(allow_null=True, help_text="Answers behind the percentages.")
    distribution = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="Answers per score, from 50 answers."
    )
    covered = serializers.IntegerField(allow_null=True, help_text="Invited people whose group is in it.")
    invited = serializers.IntegerField(allow_null=True)


class BandSerializer(ReadOnly):
    unit = serializers.IntegerField()
    trait = serializers.CharField()
    values = serializers.ListField(child=serializers.CharField(), help_text="People with one of these.")
    code = serializers.CharField(help_text="Of the theme.")
    mean = serializers.FloatField(help_text="Higher is always better.")
    n = serializers.IntegerField()


class ActionSerializer(ReadOnly):
    id = serializers.IntegerField()
    unit = serializers.IntegerField()
    title = serializers.CharField()
    theme = serializers.CharField(allow_null=True, help_text="The code of the theme that it is meant for.")
    owner = serializers.CharField(allow_null=True, help_text="The name of who sees to it.")
    starts_on = serializers.DateField()
    due_on = serializers.DateField()
    state = serializers.ChoiceField(Action.State.values)
    moved = serializers.ChoiceField(
        Moved.values,
        allow_null=True,
        help_text="How figures of the theme moved since, against what was to be expected.",
    )
    closed_at = serializers.DateTimeField(allow_null=True)


class SignalSerializer(ReadOnly):
    id = serializers.IntegerField()
    unit = serializers.IntegerField()
    kind = serializers.ChoiceField(Signal.Kind.values)
    theme = serializers.CharField(allow_null=True, help_text="Its code; null for a topic in comments.")
    title = serializers.CharField(help_text="In the language of the Accept-Language header.")
    what = serializers.CharField()
    why = serializers.CharField()
    began = serializers.DateField(help_text="Day of the wave in which it most probably began.")
    earliest = serializers.DateField(help_text="With 80% between this and `latest`.")
    latest = serializers.DateField()
    size = serializers.FloatField(
        help_text="Points on the theme's scale; of disagreement and topics a part of what it was."
    )
    error = serializers.FloatField(help_text="Standard error of `size`.")
    probability = serializers.FloatField(help_text="That it is more than chance.")
    confirmed = serializers.BooleanField(help_text="At most one in ten of these is chance.")
    elsewhere = serializers.IntegerField(help_text="Other units in reach that show the same, as part of it.")
    raised_at = serializers.DateTimeField()
    raised_after = serializers.IntegerField(help_text="The wave.")
    state = serializers.ChoiceField(Signal.State.values)
    reason = serializers.CharField(allow_null=True, help_text="Why it was closed: solved or no_issue.")
    changed_at = serializers.DateTimeField(allow_null=True, help_text="When its state was set.")
    fallen_back = serializers.BooleanField(help_text="The shift went away by itself.")


class ProblemSerializer(ReadOnly):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
