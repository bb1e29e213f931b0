from django.apps import AppConfig


class OrgUnitsConfig(AppConfig):
    name = "orgunits"
