from django.urls import path

from dashboards import polling, privacy, views

urlpatterns = [
    path("", views.home, name="home"),
    path("nothing-to-see/", views.nothing, name="nothing"),
    path("today/", views.today, name="today"),
    path("today/waves/<int:wave_id>/", views.today_numbers, name="today_numbers"),
    path("today/waves/<int:wave_id>/units/", views.today_units, name="today_units"),
    path("cycles/waves/<int:wave_id>/", views.wave, name="wave"),
    path("cycles/waves/<int:wave_id>/live/", views.wave_live, name="wave_live"),
    path("heatmap/", views.heatmap, name="heatmap"),
    path("heatmap/units/<int:unit_id>/", views.heatmap_branch, name="heatmap_branch"),
    path("waves/", views.waves, name="waves"),
    path("layers/", views.layers, name="layers"),
    path("changes/", views.changes, name="change_timeline"),
    path("cycles/<int:cycle_id>/forecast/", views.forecast, name="forecast"),
    path("news/<str:key>/", polling.news, name="news"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
    path("units/<int:unit_id>/themes/<str:theme>/", views.unit_theme, name="unit_theme"),
    path("units/<int:unit_id>/themes/<str:theme>/guide/", views.guide, name="guide"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/waves/<int:wave_id>/", privacy.privacy_wave, name="privacy_wave"),
    path("privacy/waves/<int:wave_id>/export/", privacy.privacy_export, name="privacy_export"),
]
