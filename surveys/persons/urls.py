from django.urls import path

from surveys.persons import views

app_name = "persons"

urlpatterns = [path("", views.person, name="person")]
