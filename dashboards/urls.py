from django.urls import path

from dashboards import comments, keeping, live, privacy, views

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
    path("units/<int:unit_id>/so-far/", live.unit_so_far, name="unit_so_far"),
    path("units/<int:unit_id>/comments/", comments.unit_comments, name="unit_comments"),
    path("units/<int:unit_id>/comments/<uuid:comment_id>/", comments.unit_comment, name="unit_comment"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/keeping/", keeping.keeping, name="keeping"),
    path("privacy/sheet/", privacy.privacy_sheet, name="privacy_sheet"),
    path("privacy/waves/<int:wave_id>/", privacy.privacy_wave, name="privacy_wave"),
    path("privacy/waves/<int:wave_id>/export/", privacy.privacy_export, name="privacy_export"),
]
