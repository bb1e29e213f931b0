from django.urls import path

from surveys.bank import editing, exchange_views, views

app_name = "questions"

urlpatterns = [
    path("", views.bank, name="list"),
    path("new/", editing.new, name="new"),
    path("hints/", editing.hints, name="hints"),
    path("export/", exchange_views.export, name="export"),
    path("import/", exchange_views.upload, name="import"),
    path("import/<int:import_id>/", exchange_views.preview, name="import_preview"),
    path("import/<int:import_id>/apply/", exchange_views.apply, name="import_apply"),
    path("themes/new/", editing.new_theme, name="theme_new"),
    path("themes/<int:theme_id>/", editing.edit_theme, name="theme_edit"),
    path("<int:question_id>/", views.question, name="question"),
    path("<int:question_id>/edit/", editing.edit, name="edit"),
    path("<int:question_id>/copy/", editing.copy, name="copy"),
    path("<int:question_id>/retire/", views.retire, name="retire"),
    path("<int:question_id>/restore/", views.restore, name="restore"),
    path("<int:question_id>/cycles/<int:cycle_id>/", views.renew, name="renew"),
]
