from pathlib import Path

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from pytest_django import Settings


def test_production_serves_the_stylesheet_as_one_file(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "listening.static_storage.JoiningStorage"},
    }
    of_an_earlier_release = tmp_path / "css" / "polsslag.css"
    of_an_earlier_release.parent.mkdir()
    of_an_earlier_release.write_text(".heatmap-of-old {}")
    call_command("collectstatic", interactive=False, verbosity=0)
    name = staticfiles_storage.url("css/polsslag.css").removeprefix(settings.STATIC_URL)
    assert name != "css/polsslag.css"
    sheet = (tmp_path / name).read_text()
    assert "@import" not in sheet
    assert ".heatmap" in sheet
    assert ".skip-link" in sheet
    assert ".heatmap-of-old" not in sheet
    assert (tmp_path / f"{name}.gz").exists()
