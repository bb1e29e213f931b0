from django.urls import path

from orgunits import webhooks
from orgunits.changes import views as changes
from orgunits.founding.views import welcome
from orgunits.imports import views as imports
from orgunits.roles import views as roles
from orgunits.tokens import tokens, withdraw
from orgunits.units import views as units

app_name = "orgunits"

urlpatterns = [
    path("welcome/", welcome, name="welcome"),
    path("people/import/", imports.imports, name="imports"),
    path("people/import/<int:run_id>/", imports.import_run, name="import"),
    path("people/import/<int:run_id>/progress/", imports.import_progress, name="import_progress"),
    path("people/import/<int:run_id>/columns/", imports.name_columns, name="import_columns"),
    path("people/import/<int:run_id>/lineage/", imports.confirm_lineage, name="import_lineage"),
    path("people/import/<int:run_id>/apply/", imports.apply_run, name="import_apply"),
    path("people/import/<int:run_id>/undo/", imports.undo_run, name="import_undo"),
    path("people/import/columns/forget/", imports.forget_columns, name="import_forget_columns"),
    path("people/without-email/", imports.without_email, name="without_email"),
    path("people/units/", units.units, name="units"),
    path("people/units/<int:unit_id>/", units.unit, name="unit"),
    path("people/units/<int:unit_id>/rename/", units.rename, name="unit_rename"),
    path("people/units/<int:unit_id>/move/", units.move, name="unit_move"),
    path("tokens/", tokens, name="tokens"),
    path("tokens/<int:token_id>/withdraw/", withdraw, name="token_withdraw"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<int:webhook_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<int:webhook_id>/secret/", webhooks.webhook_secret, name="webhook_secret"),
    path("webhooks/<int:webhook_id>/test/", webhooks.webhook_test, name="webhook_test"),
    path("webhooks/<int:webhook_id>/switch/", webhooks.webhook_switch, name="webhook_switch"),
    path("webhooks/<int:webhook_id>/remove/", webhooks.webhook_remove, name="webhook_remove"),
    path("people/changes/", changes.changes, name="changes"),
    path("people/changes/import/", changes.upload, name="changes_import"),
    path("people/changes/<int:change_id>/remove/", changes.remove, name="change_remove"),
    path("people/roles/", roles.roles, name="roles"),
    path("people/roles/<int:grant_id>/end/", roles.end, name="role_end"),
]
