from django.urls import path

from surveys.mailing import look_pages

app_name = "mailing"

urlpatterns = [
    path("people/look/", look_pages.look, name="look"),
    path("people/look/preview/", look_pages.preview, name="look_preview"),
    path("people/look/mail/", look_pages.mail, name="look_mail"),
]
