from django.urls import path

from dashboards.api import views

app_name = "api"

urlpatterns = [
    path("openapi.json", views.DescriptionView.as_view(), name="openapi"),
    path("organisation", views.OrganisationView.as_view(), name="organisation"),
    path("units", views.UnitsView.as_view(), name="units"),
    path("units/<int:unit_id>", views.UnitView.as_view(), name="unit"),
    path("cycles", views.CyclesView.as_view(), name="cycles"),
    path("waves", views.WavesView.as_view(), name="waves"),
    path("waves/<int:wave_id>", views.WaveView.as_view(), name="wave"),
    path(
        "waves/<int:wave_id>/participation", views.WaveParticipationView.as_view(), name="wave_participation"
    ),
    path("waves/<int:wave_id>/figures", views.WaveFiguresView.as_view(), name="wave_figures"),
    path("waves/<int:wave_id>/filters", views.WaveFiltersView.as_view(), name="wave_filters"),
    path("signals", views.SignalsView.as_view(), name="signals"),
    path("actions", views.ActionsView.as_view(), name="actions"),
    path("<path:rest>", views.NothingHereView.as_view(), name="nothing"),
]
