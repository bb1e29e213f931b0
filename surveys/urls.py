from django.urls import include, path

urlpatterns = [
    path("", include("surveys.answering.urls")),
    path("cycles/", include("surveys.cycles.urls")),
]
