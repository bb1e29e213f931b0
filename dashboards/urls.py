from django.urls import path

from dashboards import views

urlpatterns = [
    path("", views.home, name="home"),
    path("nothing-to-see/", views.nothing, name="nothing"),
    path("today/", views.today, name="today"),
    path("heatmap/", views.heatmap, name="heatmap"),
    path("units/<int:unit_id>/", views.unit, name="unit"),
]
