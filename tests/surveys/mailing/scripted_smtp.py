"""An SMTP server that follows a script: at the n-th time it comes to a step it refuses, drops or holds.

Steps: CONNECT, EHLO, MAIL, RCPT, DATA (the command), BODY (the message is in, no reply yet) and AFTER
(the reply to the message is out).
"""

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.smtp import ReceivedMail, free_port

DROP = "drop"
KEEP_AND_DROP = "keep and drop"
HOLD = "hold"
EVERY = 0


@dataclass(slots=True)
class ScriptedSmtp:
    script: dict[tuple[str, int], str] = field(default_factory=dict)  # (step, time) -> an action or a reply
    refusing: dict[str, str] = field(default_factory=dict)  # address -> reply to RCPT
    mails: list[ReceivedMail] = field(default_factory=list)
    steps: Counter[str] = field(default_factory=Counter)
    held: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = field(default_factory=free_port)
    controller: Controller | None = None

    def at(self, step: str, time: int, action: str) -> None:
        self.script[step, time] = action

    def addresses(self) -> list[str]:
        return [address for mail in self.mails for address in mail.recipients]

    def up(self) -> None:
        self.controller = ScriptedController(self)
        self.controller.start()
        self.steps.clear()  # starting it makes a connection

    def down(self) -> None:
        self.released.set()
        if self.controller is not None:
            self.controller.stop(no_assert=True)

    async def action(self, step: str) -> str:
        self.steps[step] += 1
        action = self.script.get((step, self.steps[step])) or self.script.get((step, EVERY), "")
        if action == HOLD:
            self.held.set()
            while not self.released.is_set():
                await asyncio.sleep(0.01)
            return ""
        return action


class ScriptedController(Controller):
    def __init__(self, server: ScriptedSmtp) -> None:
        self.script = server
        super().__init__(Handler(server), hostname="127.0.0.1", port=server.port)

    def factory(self) -> SMTP:
        return Conversation(self.script, self.handler, hostname="localhost")


class Conversation(SMTP):
    def __init__(self, server: ScriptedSmtp, handler: object, hostname: str) -> None:
        self.script = server
        super().__init__(handler, hostname=hostname)

    async def _handle_client(self) -> None:
        if reply := await self.script.action("CONNECT"):
            if reply != DROP:
                await self.push(reply)
            await self.drop()
        await super()._handle_client()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        reply = await self.script.action("DATA")
        if reply == DROP:
            await self.drop()
        if reply:
            await self.push(reply)
            return
        await super().smtp_DATA(arg)
        if await self.script.action("AFTER") == DROP:
            await self.drop()

    async def drop(self) -> None:
        assert self.transport is not None
        self.transport.close()
        await asyncio.sleep(60)  # until the closing ends this conversation

    async def reply(self, step: str) -> str:
        reply = await self.script.action(step)
        if reply == DROP:
            await self.drop()
        return reply


class Handler:
    def __init__(self, server: ScriptedSmtp) -> None:
        self.script = server

    async def handle_EHLO(  # noqa: N802
        self, server: Conversation, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        reply = await server.reply("EHLO")
        return [reply] if reply else responses

    async def handle_HELO(  # noqa: N802
        self, server: Conversation, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return await server.reply("EHLO") or "250 localhost"

    async def handle_MAIL(  # noqa: N802
        self, server: Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := await server.reply("MAIL"):
            return reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Conversation, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if reply := await server.reply("RCPT") or self.script.refusing.get(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Conversation, session: Session, envelope: Envelope) -> str:  # noqa: N802
        reply = await self.script.action("BODY")
        if reply in {"", KEEP_AND_DROP} or reply.startswith("2"):
            assert isinstance(envelope.content, bytes)
            mail = ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
            self.script.mails.append(mail)
        if reply in {DROP, KEEP_AND_DROP}:
            await server.drop()
        return reply or "250 OK"
