from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from anymail.signals import tracking

        from surveys.answering import lost_keys  # noqa: F401 # registers itself
        from surveys.bank.install import after_migrate
        from surveys.mailing.later import on_tracking

        tracking.connect(on_tracking, dispatch_uid="surveys.mailing")
        post_migrate.connect(after_migrate, sender=self)
