"""The system account that the services run under.

PostgreSQL refuses to run as root. Root's services therefore run as `nobody`, which every system has, so
nothing is added to the machine. Only the owner of the data folder may connect (peer authentication).
"""

import os
import pwd
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import ServiceError


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int

    def own(self, folder: Path) -> None:
        """Make a private folder of this account."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in {self.uid, os.getuid()}:
            raise ServiceError(f"{folder} belongs to someone else. Remove it, or set POLSSLAG_DATA.")
        os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)


def owner_name() -> str:
    """The name of the account that started us."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        raise ServiceError(
            f"User number {os.getuid()} has no name on this machine, and PostgreSQL needs one. "
            "Use an account from /etc/passwd, or set DATABASE_URL to a server of your own."
        ) from None


def service_account() -> Account:
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        return Account(nobody.pw_name, nobody.pw_uid, nobody.pw_gid)
    return Account(owner_name(), os.getuid(), os.getgid())


def launcher(*, dies_with: signal.Signals | None, service_needs: Sequence[Path] | None) -> list[str]:
    """The words before a command that settle when it ends and who runs it.

    `dies_with` is the signal it gets when the process that started it is gone. `service_needs` makes it
    run as the service account, able to reach these paths. One `setpriv` does both: becoming another user
    clears the first.
    """
    words = []
    if service_needs is not None and os.getuid() == 0:
        words += _becoming(service_account(), service_needs)
    if dies_with is not None and sys.platform == "linux":
        words += ["--pdeathsig", dies_with.name.removeprefix("SIG")]
    return ["setpriv", *words] if words and shutil.which("setpriv") else []


def _becoming(account: Account, needs: Sequence[Path]) -> list[str]:
    if not shutil.which("setpriv"):
        raise ServiceError(
            "PostgreSQL does not run as root, and 'setpriv' (package util-linux) is missing to become "
            "another user. Start as an ordinary user, or set DATABASE_URL to a server of your own."
        )
    words = [f"--reuid={account.uid}", f"--regid={account.gid}", "--clear-groups"]
    if not all(_open_to_all(path) for path in needs):
        # A checkout in /root, or made under a strict umask, is closed to `nobody`. Lending the server
        # the right to pass is narrower than opening the folders to everyone for good. The bit makes the
        # kernel count that right where PostgreSQL asks beforehand whether it may run its own programs.
        words += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        words += ["--securebits=+no_setuid_fixup"]
    return words


def _open_to_all(path: Path) -> bool:
    path = path.resolve()
    ways = [parent.stat().st_mode & 0o001 for parent in path.parents]
    return all(ways) and (not path.exists() or bool(path.stat().st_mode & 0o001))
