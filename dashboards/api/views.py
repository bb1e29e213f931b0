from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.authentication import SessionAuthentication
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken
from actions.queries import actions_in_reach
from dashboards.api import figures, resources, signals
from dashboards.api.authentication import MayRead, TokenAuthentication
from dashboards.api.paging import LARGEST_NUMBER, Pages, true_or_false, whole_number
from dashboards.api.problems import problem
from dashboards.api.serializers import (
    ActionSerializer,
    BandSerializer,
    CycleSerializer,
    FigureSerializer,
    OrganisationSerializer,
    ParticipationSerializer,
    ProblemSerializer,
    ReadOnly,
    SignalSerializer,
    UnitSerializer,
    WaveSerializer,
)
from orgunits.access import RESULT_ROLES, Scope
from results.signals import queries
from surveys.models import Wave

VERSION = str(settings.SPECTACULAR_SETTINGS["VERSION"])
Reads = ApiToken.Reads
Get = TypeVar("Get", bound=Callable[..., HttpResponse])
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): ProblemSerializer for status in (400, 401, 403, 404)
}
PAGED = [
    OpenApiParameter("page", {"type": "integer", "minimum": 1}),
    OpenApiParameter("pageSize", {"type": "integer", "minimum": 1, "maximum": Pages.max_page_size}),
]
VERSIONED = OpenApiParameter("API-Version", str, OpenApiParameter.HEADER, response=True)


def described(
    operation: str, answer: type[ReadOnly], *, listed: bool, more: Sequence[Any] = ()
) -> Callable[[Get], Get]:
    """The description of one GET. `listed`: with pages."""
    describe: Callable[[Get], Get] = extend_schema(
        operation_id=operation,
        parameters=[VERSIONED, *(PAGED if listed else []), *more],
        responses={200: answer(many=True) if listed else answer, **PROBLEMS},
    )
    return describe


class ApiView(APIView):
    """Says its version, and tells errors as problems."""

    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response | None]:
        return problem

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["API-Version"] = VERSION
        return super().finalize_response(request, response, *args, **kwargs)


class DescriptionView(ApiView, SpectacularAPIView):
    """The OpenAPI description. It holds nobody's data, so it is open to all, also from other sites."""

    access = "public"
    renderer_classes: list[type[BaseRenderer]] = [JSONRenderer]
    authentication_classes = []
    permission_classes = []

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["Access-Control-Allow-Origin"] = "*"
        return super().finalize_response(request, response, *args, **kwargs)


@method_decorator([conditional_page, cache_control(private=True, no_cache=True)], name="dispatch")
class ReadView(ApiView):
    """A GET within the reader's scope. `reads`: what a token must be for."""

    access: ClassVar[frozenset[Any]] = RESULT_ROLES
    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [MayRead]
    renderer_classes = [JSONRenderer]
    pagination_class = Pages
    reads: ClassVar[Reads]
    scope: Scope

    def paged(
        self, rows: Any, serializer: type[ReadOnly], make: Callable[[Any], Any] = lambda page: page
    ) -> Response:
        """`make` turns the rows of a page into what is told of them."""
        pages = Pages()
        page: Any = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response(serializer(make(page), many=True).data)

    def units_asked_for(self, request: Request) -> Any:
        """All in reach, or the one of `?unit=`."""
        units = units_in_order(self.scope)
        if "unit" not in request.query_params:
            return units
        chosen = self.scope.unit_or_404(whole_number("unit", request.query_params["unit"]))
        return units.filter(pk=chosen.pk)


class OrganisationView(ReadView):
    reads = Reads.UNITS

    @described("organisation", OrganisationSerializer, listed=False)
    def get(self, request: Request) -> Response:
        return Response(OrganisationSerializer(self.scope.organisation).data)


class UnitsView(ReadView):
    reads = Reads.UNITS

    @described("units", UnitSerializer, listed=True)
    def get(self, request: Request) -> Response:
        """The units in reach in the order of the tree; those that ended have `ended_on`."""
        return self.paged(
            units_in_order(self.scope),
            UnitSerializer,
            lambda page: resources.unit_resources(self.scope, page),
        )


class UnitView(ReadView):
    reads = Reads.UNITS

    @described("unit", UnitSerializer, listed=False)
    def get(self, request: Request, unit_id: int) -> Response:
        unit = self.scope.unit_or_404(unit_id)
        return Response(UnitSerializer(resources.unit_resources(self.scope, [unit])[0]).data)


class CyclesView(ReadView):
    reads = Reads.WAVES

    @described("cycles", CycleSerializer, listed=True)
    def get(self, request: Request) -> Response:
        """Cycles with a closed wave in which a unit in reach was asked."""
        return self.paged(resources.cycle_resources(resources.waves_in_reach(self.scope)), CycleSerializer)


NUMBER = {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
CYCLE = OpenApiParameter("cycle", NUMBER, description="Of this cycle only.")


class WavesView(ReadView):
    reads = Reads.WAVES

    @described("waves", WaveSerializer, listed=True, more=[CYCLE])
    def get(self, request: Request) -> Response:
        """Closed waves whose figures were checked, with their questions; the oldest first."""
        waves = resources.waves_in_reach(self.scope)
        if "cycle" in request.query_params:
            cycle = whole_number("cycle", request.query_params["cycle"])
            waves = [wave for wave in waves if wave.cycle_id == cycle]
        return self.paged(waves, WaveSerializer, resources.wave_resources)


class WaveView(ReadView):
    reads = Reads.WAVES

    @described("wave", WaveSerializer, listed=False)
    def get(self, request: Request, wave_id: int) -> Response:
        return Response(WaveSerializer(resources.wave_resource(wave_or_404(self.scope, wave_id))).data)


class WaveParticipationView(ReadView):
    reads = Reads.PARTICIPATION

    @described("wave_participation", ParticipationSerializer, listed=True)
    def get(self, request: Request, wave_id: int) -> Response:
        """How many answered, per unit in which enough people were asked. Pages count units."""
        wave = wave_or_404(self.scope, wave_id)
        return self.paged(
            units_in_order(self.scope).values_list("pk", flat=True),
            ParticipationSerializer,
            lambda unit_ids: resources.participation_resources(wave, unit_ids),
        )


UNIT = OpenApiParameter("unit", NUMBER, description="Of this unit only.")
PAST = OpenApiParameter("past", bool, description="Those that are over, instead of those that are going on.")


class WaveFiguresView(ReadView):
    reads = Reads.FIGURES

    @described("wave_figures", FigureSerializer, listed=True, more=[UNIT])
    def get(self, request: Request, wave_id: int) -> Response:
        """Figures of themes and questions, per unit that the wave asked. Pages count units."""
        wave = wave_or_404(self.scope, wave_id)
        units = self.units_asked_for(request).values_list("pk", flat=True)
        return self.paged(units, FigureSerializer, lambda unit_ids: figures.figure_resources(wave, unit_ids))


class WaveFiltersView(ReadView):
    reads = Reads.FIGURES

    @described("wave_filters", BandSerializer, listed=True, more=[UNIT])
    def get(self, request: Request, wave_id: int) -> Response:
        """Themes by traits such as age, per unit of which that was released. Pages count units."""
        wave = wave_or_404(self.scope, wave_id)
        units = self.units_asked_for(request).values_list("pk", flat=True)
        return self.paged(units, BandSerializer, lambda unit_ids: figures.band_resources(wave, unit_ids))


class ActionsView(ReadView):
    reads = Reads.FIGURES

    @described("actions", ActionSerializer, listed=True, more=[UNIT])
    def get(self, request: Request) -> Response:
        """What units in reach agreed to do, in the order in which they did."""
        found = actions_in_reach(self.scope).filter(unit__in=self.units_asked_for(request)).order_by("pk")
        on = timezone.localdate(timezone=self.scope.organisation.zone)
        return self.paged(found, ActionSerializer, lambda page: resources.action_resources(page, on))


class SignalsView(ReadView):
    reads = Reads.SIGNALS

    @described("signals", SignalSerializer, listed=True, more=[UNIT, PAST])
    def get(self, request: Request) -> Response:
        """Signals that are going on, the weightiest first; or those that are over, the newest first."""
        units = self.units_asked_for(request).values("pk")
        listed = queries.past if true_or_false("past", request.query_params) else queries.unexplained
        return self.paged(
            listed(self.scope.organisation, units),
            SignalSerializer,
            lambda page: signals.signal_resources(self.scope.organisation, units, page),
        )


def units_in_order(scope: Scope) -> Any:
    return scope.units().order_by("path")


def wave_or_404(scope: Scope, wave_id: int) -> Wave:
    found = resources.wave_in_reach(scope, wave_id)
    if found is None:
        raise Http404
    return found


class NothingHereView(ReadView):
    """Any other address below the API: a problem in JSON too, not the page for people."""

    access = "public"  # type: ignore[assignment]
    authentication_classes = []
    permission_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str = "") -> HttpResponse:
        raise Http404
