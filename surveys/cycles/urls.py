from django.urls import path

from surveys.cycles import views

app_name = "surveys"

urlpatterns = [
    path("", views.cycles, name="cycles"),
    path("new/", views.new, name="cycle_new"),
    path("<int:cycle_id>/", views.cycle, name="cycle"),
    path("<int:cycle_id>/edit/", views.edit, name="cycle_edit"),
    path("<int:cycle_id>/launch/", views.launch, name="cycle_launch"),
    path("<int:cycle_id>/pause/", views.pause, name="cycle_pause"),
    path("<int:cycle_id>/resume/", views.resume, name="cycle_resume"),
    path("<int:cycle_id>/end/", views.end, name="cycle_end"),
    path("waves/<int:wave_id>/close/", views.close_wave, name="wave_close"),
]
