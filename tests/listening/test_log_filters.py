import logging

import pytest

from listening.log_filters import HideLinks


@pytest.mark.parametrize("args", [("/a/Abc-_9/stop/",), ()])
def test_a_personal_link_never_stands_in_a_log_line(args: tuple[str, ...]) -> None:
    message = "Not found: %s" if args else "Not found: /a/Abc-_9/stop/"
    line = logging.LogRecord("django.request", logging.WARNING, "", 0, message, args, None)
    assert HideLinks().filter(line)
    assert line.getMessage() == "Not found: /a/…/stop/"
