from django.urls import path

from dashboards import comments, effect, filters, indicators, live, own_look, polling, privacy, views
from dashboards.reports import views as reports
from dashboards.respondent import respondent
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
    path("heatmap/units/<int:unit_id>/", views.heatmap_branch, name="heatmap_branch"),
    path("waves/", views.waves, name="waves"),
    path("layers/", views.layers, name="layers"),
    path("changes/", views.changes, name="change_timeline"),
    path("cycles/<int:cycle_id>/forecast/", views.forecast, name="forecast"),
    path("news/<str:key>/", polling.news, name="news"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
    path("units/<int:unit_id>/so-far/", live.unit_so_far, name="unit_so_far"),
    path("units/<int:unit_id>/comments/", comments.unit_comments, name="unit_comments"),
    path("units/<int:unit_id>/comments/<uuid:comment_id>/", comments.unit_comment, name="unit_comment"),
    path("units/<int:unit_id>/reports/", reports.order, name="report_order"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:run_id>/", reports.fetch, name="report_file"),
    # Below the link itself, so that what keeps links out of logs keeps this one out as well.
    path("a/<str:token>/results/", respondent, name="respondent"),
    path("look/<str:colour>-<str:digest>.css", own_look.style, name="own_style"),
    path("look/<int:organisation_id>-<str:digest>.png", own_look.logo, name="own_logo"),
    path("units/<int:unit_id>/themes/<str:theme>/", views.unit_theme, name="unit_theme"),
    path("units/<int:unit_id>/themes/<str:theme>/guide/", views.guide, name="guide"),
    path("signals/", signals.signals, name="signals"),
    path("signals/sensitivity/", signals.signal_sensitivity, name="signal_sensitivity"),
    path("signals/<int:signal_id>/", signals.signal, name="signal"),
    path("signals/<int:signal_id>/state/", signals.signal_state, name="signal_state"),
    path("changes/<int:event_id>/effect/", effect.change_effect, name="change_effect"),
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<int:indicator_id>/remove/", indicators.remove_indicator, name="indicator_remove"),
    path("units/<int:unit_id>/waves/<int:wave_id>/groups/", filters.unit_filters, name="unit_filters"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/sheet/", privacy.privacy_sheet, name="privacy_sheet"),
    path("privacy/waves/<int:wave_id>/", privacy.privacy_wave, name="privacy_wave"),
    path("privacy/waves/<int:wave_id>/export/", privacy.privacy_export, name="privacy_export"),
]
