from django.urls import path

from . import views

app_name = "mailbox"
urlpatterns = [
    path("", views.mail_list, name="list"),
    path("<str:key>/", views.mail_page, name="mail"),
    path("<str:key>/html/", views.mail_html, name="html"),
]
