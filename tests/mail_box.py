"""A mail server in tests: a real one on loopback that keeps what it is sent, refuses an address, or is silent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class MailBox:
    """The mails that arrived; `refused` are addresses it does not know, `silent` makes it say nothing at all."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.calls, self.silent, self.address = 0, threading.Event(), ""

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one person."""
        return [mail for mail in self.mails if address in str(mail["To"])]


class Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs that sends one mail."""

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        box: MailBox = self.server.box  # type: ignore[attr-defined]
        box.calls += 1
        if box.silent.is_set():
            with suppress(TimeoutError):
                self.rfile.readline()  # until the other side gives up
            return
        self.say("220 loopback")
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "DATA":
                self.say("354 go on")
                box.mails.append(message_from_bytes(self.content(), policy=policy.default))
            refused = verb == "RCPT" and any(address in line for address in box.refused)
            self.say("550 unknown here" if refused else "221 bye" if verb == "QUIT" else "250 fine")
            if verb == "QUIT":
                return

    def content(self) -> bytes:
        """What is sent up to the line with a point."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


@contextmanager
def running() -> Iterator[MailBox]:
    """A mail server for the length of a block."""
    box: Any = MailBox()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        server.daemon_threads, server.box = True, box  # type: ignore[attr-defined]
        box.address = f"127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
