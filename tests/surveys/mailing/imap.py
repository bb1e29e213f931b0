"""An IMAP server that speaks as much of RFC 3501 as reading a mailbox takes, over TLS or STARTTLS."""

from __future__ import annotations

import re
import shlex
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

USER, PASSWORD = "bounces@example.org", "a pass/word"


@dataclass(slots=True)
class Stored:
    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass(slots=True)
class ImapServer:
    """`folders` by name. `drop_at`: the connection breaks at this command, such as "UID STORE"."""

    certificate: Path
    at_once: bool = True  # TLS from the first byte, else after STARTTLS
    folders: dict[str, list[Stored]] = field(default_factory=lambda: {"INBOX": []})
    drop_at: str = ""
    commands: list[str] = field(default_factory=list)
    _server: socketserver.ThreadingTCPServer | None = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.server_address[1])

    def add(self, *contents: bytes, folder: str = "INBOX") -> list[Stored]:
        self.folders.setdefault(folder, []).extend(Stored(content) for content in contents)
        return self.folders[folder]

    def up(self) -> None:
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        self._server.daemon_threads = True
        self._server.imap = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    def secured(self, connection: ssl.SSLSocket) -> ssl.SSLSocket:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(connection, server_side=True)


class Conversation(socketserver.StreamRequestHandler):
    imap: ImapServer
    messages: list[Stored]
    refused = ""  # why the command that is being answered is

    def handle(self) -> None:
        self.imap = self.server.imap  # type: ignore[attr-defined]
        try:
            if self.imap.at_once:
                self.secure()
            self.say("* OK ready")
            while line := self.rfile.readline():
                if not self.answer(line.decode().strip()):
                    return
        except OSError:  # a client that refuses the certificate hangs up
            return

    def secure(self) -> None:
        self.request = self.imap.secured(self.request)
        self.rfile = self.request.makefile("rb")

    def say(self, *lines: str | bytes) -> None:
        for line in lines:
            self.request.sendall((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def answer(self, line: str) -> bool:
        """Whether the conversation goes on."""
        tag, _space, rest = line.partition(" ")
        words = shlex.split(rest)
        command = " ".join(words[:2] if words[0].upper() == "UID" else words[:1]).upper()
        self.imap.commands.append(command)
        if command == self.imap.drop_at:
            return False
        getattr(self, command.replace(" ", "_").lower())(words[1:] if " " not in command else words[2:])
        if self.refused:
            self.say(f"{tag} NO {self.refused}")
            self.refused = ""
        else:
            self.say(f"{tag} OK done")
        if command == "STARTTLS":
            self.secure()
        return command != "LOGOUT"

    def capability(self, _words: list[str]) -> None:
        self.say("* CAPABILITY IMAP4rev1" + ("" if self.imap.at_once else " STARTTLS LOGINDISABLED"))

    def starttls(self, _words: list[str]) -> None:
        pass

    def login(self, words: list[str]) -> None:
        encrypted = isinstance(self.request, ssl.SSLSocket)
        self.refused = "" if encrypted and words == [USER, PASSWORD] else "[AUTHENTICATIONFAILED] no"

    def select(self, words: list[str]) -> None:
        if words[0] not in self.imap.folders:
            self.refused = "[NONEXISTENT] no such mailbox"
            return
        self.messages = self.imap.folders[words[0]]
        self.say(f"* {len(self.messages)} EXISTS", "* OK [UIDVALIDITY 1] fine")

    def uid_search(self, words: list[str]) -> None:
        assert words[-1] == "(UNSEEN)", words
        found = [str(uid) for uid, one in enumerate(self.messages, start=11) if "\\Seen" not in one.flags]
        self.say(" ".join(["* SEARCH", *found]))

    def uid_fetch(self, words: list[str]) -> None:
        uid = int(words[0])
        message = self.messages[uid - 11]
        if "BODY[]" in words[1]:  # only BODY.PEEK leaves a message unseen
            message.flags.add("\\Seen")
        size, flags = len(message.content), " ".join(sorted(message.flags))
        head = f"* {uid - 10} FETCH (UID {uid} RFC822.SIZE {size} FLAGS ({flags}) BODY[] {{{size}}}"
        self.say(head, message.content + b")")

    def uid_store(self, words: list[str]) -> None:
        assert words[1] == "+FLAGS", words
        flags = {f"\\{name}" for name in re.findall(r"\w+", " ".join(words[2:]))}
        self.messages[int(words[0]) - 11].flags |= flags

    def noop(self, _words: list[str]) -> None:
        pass

    def logout(self, _words: list[str]) -> None:
        self.say("* BYE until later")


def certificate_for_this_machine(folder: Path) -> Path:
    """Signed by itself, with its key in the same file."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "imap")]),
    )
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
        )
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "imap.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file
