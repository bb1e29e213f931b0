"""A real SMTP server for tests, which can be made to misbehave."""

import asyncio
import email
import email.policy
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

UNKNOWN = "550 5.1.1 No such person here"
GREYLISTED = "451 4.7.1 Greylisted, try again later"


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert isinstance(part, EmailMessage)
        return str(part.get_content())


@dataclass(slots=True)
class SmtpServer:
    """Collects mails in `mails`. Change the other fields at any time; they hold from the next command on."""

    mails: list[ReceivedMail] = field(default_factory=list)
    connections: int = 0
    seconds_per_mail: float = 0.0
    refused: dict[str, str] = field(default_factory=dict)  # address -> the reply to RCPT, such as UNKNOWN
    drop_at: int | None = None  # drop the connection at this mail, counted from 1 over the server's life
    keep_dropped: bool = False  # whether the mail at which it drops was accepted after all
    offered: int = 0
    port: int = 0
    _controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def addresses(self) -> list[str]:
        """Who got a mail, in order of arrival, one entry per mail."""
        return [address for mail in self.mails for address in mail.recipients]

    def up(self) -> None:
        # A number of its own choice the first time, the same one when it comes back.
        self._controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port or free_port())
        self._controller.start()
        self.port = self._controller.port

    def down(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self.state = server

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.state.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := self.state.refused.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.state.offered += 1
        await asyncio.sleep(self.state.seconds_per_mail)
        dropping = self.state.offered == self.state.drop_at
        if not dropping or self.state.keep_dropped:
            assert isinstance(envelope.content, bytes)
            mail = ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
            self.state.mails.append(mail)
        if dropping:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
