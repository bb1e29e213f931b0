from django.urls import path

from surveys.cycles import builder, calendar, preview, text_pages, views

app_name = "surveys"

urlpatterns = [
    path("", views.cycles, name="cycles"),
    path("new/", builder.new, name="cycle_new"),
    path("closed-days/", calendar.closed_days, name="closed_days"),
    path("closed-days/<int:period_id>/remove/", calendar.remove, name="quiet_period_remove"),
    path("<int:cycle_id>/", views.cycle, name="cycle"),
    path("<int:cycle_id>/edit/", builder.edit, name="cycle_edit"),
    path("<int:cycle_id>/units/<int:unit_id>/", builder.branch, name="cycle_branch"),
    path("<int:cycle_id>/preview/", preview.preview, name="cycle_preview"),
    path("<int:cycle_id>/preview/page/", preview.page, name="cycle_preview_page"),
    path("<int:cycle_id>/preview/mail/", preview.mail, name="cycle_preview_mail"),
    path("<int:cycle_id>/texts/", text_pages.texts, name="cycle_texts"),
    path("<int:cycle_id>/test-mail/", preview.test_mail, name="cycle_test_mail"),
    path("<int:cycle_id>/launch/", views.launch, name="cycle_launch"),
    path("<int:cycle_id>/pause/", views.pause, name="cycle_pause"),
    path("<int:cycle_id>/resume/", views.resume, name="cycle_resume"),
    path("<int:cycle_id>/skip/", views.skip, name="cycle_skip"),
    path("<int:cycle_id>/end/", views.end, name="cycle_end"),
    path("waves/<int:wave_id>/close/", views.close_wave, name="wave_close"),
]
