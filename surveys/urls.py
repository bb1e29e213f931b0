from django.urls import include, path

urlpatterns = [
    path("", include("surveys.answering.urls")),
    path("", include("surveys.kiosk.urls")),
    path("", include("surveys.mailing.urls")),
    path("cycles/", include("surveys.waves.urls")),
    path("cycles/", include("surveys.cycles.urls")),
    path("questions/", include("surveys.bank.urls")),
    path("people/person/", include("surveys.persons.urls")),
]
