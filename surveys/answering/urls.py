from django.urls import path

from surveys.answering import views

urlpatterns = [
    path("a/<str:token>/", views.answer, name="answer"),
    path("a/<str:token>/stop/", views.stop, name="stop_reminders"),
]
