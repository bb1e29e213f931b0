"""What Lighthouse says of the pages that most people see, in Chromium, on a slow phone as it simulates one.

Needs Node (npx fetches the pinned version) and Chromium; CHROME_PATH names one that is not on the path.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from accounts.models import User
from listening.embedded import DataFolder

from . import history, organisations
from .answering import tokens
from .boards import signed_in
from .history import History
from .measures import Measure
from .serving import web_server

LIGHTHOUSE = "lighthouse@12.8.2"  # the last that runs on Node 20
LEAST_PERFORMANCE, LEAST_ACCESSIBILITY = 90, 100
MOST_SECONDS = 1.0  # to the first paint of the heatmap
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
TRIES = 3  # now and then it misses the start of the page in what it recorded
CATEGORIES = ("performance", "accessibility")
NPM_CACHE = str(Path.home() / ".npm")

Report = dict[str, Any]


def measures(folder: DataFolder) -> Iterator[Measure]:
    npx, chromium = shutil.which("npx"), _chromium()
    if npx is None or chromium is None:
        print("lighthouse: needs npx (of Node) and Chromium, which are not here", file=sys.stderr)
        return
    made = history.made()
    with web_server(folder):
        for name, path, user in _pages(made):
            told = _report(npx, chromium, folder.root, path, user)
            for category, least in zip(CATEGORIES, (LEAST_PERFORMANCE, LEAST_ACCESSIBILITY), strict=True):
                score = 100 * told["categories"][category]["score"]
                yield Measure(f"{name}: {category}", score, "of 100", at_least=least)
            most = MOST_SECONDS if name == "heatmap" else None
            paint = told["audits"]["metrics"]["details"]["items"][0]["observedFirstContentfulPaint"]
            yield Measure(f"{name}: first paint here", paint / 1000, "s", at_most=most)


def _pages(made: History) -> Iterator[tuple[str, str, User | None]]:
    asked = organisations.made("lighthouse", people=50, units=5)
    yield "answering page", f"/a/{tokens(asked)[0]}/", None
    yield "team page", f"/units/{made.team.pk}/", made.everyone
    yield "heatmap", "/heatmap/", made.everyone


def _report(npx: str, chromium: str, folder: Path, path: str, user: User | None) -> Report:
    headers = {"Cookie": f"sessionid={signed_in(user).cookies['sessionid'].value}"} if user else {}
    command = [npx, "--yes", LIGHTHOUSE, settings.BASE_URL + path, "--quiet", "--output=json"]
    command += [f"--chrome-flags={FLAGS}", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--extra-headers={json.dumps(headers)}"]
    environment = os.environ | {"CHROME_PATH": chromium, "HOME": str(folder), "npm_config_cache": NPM_CACHE}
    for _ in range(TRIES):
        told = subprocess.run(command, env=environment, capture_output=True, check=False)
        if not told.returncode:
            break
    else:
        raise RuntimeError(told.stderr.decode())
    report: Report = json.loads(told.stdout)
    assert report["finalDisplayedUrl"].endswith(path), report[
        "finalDisplayedUrl"
    ]  # not the page for signing in
    for name, audit in report["audits"].items():
        if audit["score"] not in (None, 1) and audit["scoreDisplayMode"] != "informative":
            print(f"  {path} {name}: {audit['score']} {audit.get('displayValue', '')}", file=sys.stderr)
    return report


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, names)), None)
