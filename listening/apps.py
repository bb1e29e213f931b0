from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ListeningConfig(AppConfig):
    name = "listening"

    def ready(self) -> None:
        from . import celery  # noqa: F401 - so that tasks are sent to its queue
        from .database_roles import grant_rights

        # Once all tables are there. An app without models tells nothing.
        *_others, last = (app for app in apps.get_app_configs() if app.models_module)
        post_migrate.connect(grant_rights, sender=last, dispatch_uid="database_roles")
