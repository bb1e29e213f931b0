from django.urls import path

from surveys.waves import views

app_name = "waves"

urlpatterns = [
    path("waves/<int:wave_id>/extend/", views.extend, name="extend"),
    path("waves/<int:wave_id>/send-again/", views.send_again, name="send_again"),
    path("waves/<int:wave_id>/letters/", views.letters, name="letters"),
    path("waves/<int:wave_id>/letters/units/<int:unit_id>/", views.letters_branch, name="letters_branch"),
    path("letters/<int:run_id>/", views.fetch, name="fetch"),
    path("letters/<int:run_id>/withdraw/", views.withdraw, name="withdraw"),
    path("refused-addresses/", views.refused, name="refused"),
    path("refused-addresses/<int:address_id>/", views.allow, name="allow"),
]
