from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts.speaking import speak_from_now

        user_logged_in.connect(speak_from_now, dispatch_uid="accounts.speak_from_now")
