#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it runs PostgreSQL and Valkey for the time of the command."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext

WITHOUT_DATABASE = {
    "help",
    "version",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
    "makemigrations",
}


def services_for(command: str) -> AbstractContextManager[None]:
    asks_for_help = command.startswith("-") or {"-h", "--help"} & set(sys.argv)
    if os.environ.get("DATABASE_URL") or command in WITHOUT_DATABASE or asks_for_help:
        return nullcontext()
    from django.conf import settings

    from listening.embedded import DataFolder
    from listening.supervisor.borrowing import services_running

    names = ["postgres"] if os.environ.get("REDIS_URL") else ["postgres", "valkey"]
    return services_running(DataFolder(settings.DATA_DIR), names, who=f"manage.py {command}")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "listening.settings")
    from django.core.management import execute_from_command_line

    from listening.embedded import ServiceError

    try:
        with services_for(sys.argv[1] if len(sys.argv) > 1 else "help"):
            execute_from_command_line(sys.argv)
    except ServiceError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
