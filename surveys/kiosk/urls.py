from django.urls import path

from surveys.kiosk import views

urlpatterns = [path("k/", views.kiosk, name="kiosk")]
