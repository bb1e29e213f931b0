from django.urls import path

from dashboards import privacy, views
from dashboards.signals import views as signals

urlpatterns = [
    path("", views.home, name="home"),
    path("nothing-to-see/", views.nothing, name="nothing"),
    path("today/", views.today, name="today"),
    path("today/waves/<int:wave_id>/", views.today_numbers, name="today_numbers"),
    path("today/waves/<int:wave_id>/units/", views.today_units, name="today_units"),
    path("cycles/waves/<int:wave_id>/", views.wave, name="wave"),
    path("cycles/waves/<int:wave_id>/live/", views.wave_live, name="wave_live"),
    path("heatmap/", views.heatmap, name="heatmap"),
    path("cycles/<int:cycle_id>/forecast/", views.forecast, name="forecast"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
    path("signals/", signals.signals, name="signals"),
    path("signals/sensitivity/", signals.signal_sensitivity, name="signal_sensitivity"),
    path("signals/digest/", signals.signal_digest, name="signal_digest"),
    path("signals/<int:signal_id>/", signals.signal, name="signal"),
    path("signals/<int:signal_id>/state/", signals.signal_state, name="signal_state"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/waves/<int:wave_id>/", privacy.privacy_wave, name="privacy_wave"),
    path("privacy/waves/<int:wave_id>/export/", privacy.privacy_export, name="privacy_export"),
]
