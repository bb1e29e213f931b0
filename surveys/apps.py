from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        from surveys.bank.install import after_migrate

        post_migrate.connect(after_migrate, sender=self)
