"""Addresses at which a mail service tells what became of mails; it signs in with ANYMAIL_WEBHOOK_SECRET.

Anymail's own views for them, without those for mails that come in.
"""

from anymail.urls import urlpatterns as of_anymail

app_name = "anymail"
urlpatterns = [one for one in of_anymail if one.name and "inbound" not in one.name]
