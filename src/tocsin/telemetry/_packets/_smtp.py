"""Mail that is handed over by SMTP: who greets, for which sender, to how many, and what the server said last."""

import re
from dataclasses import dataclass, field
from typing import Any

from tocsin.records import Smtp
from tocsin.telemetry._packets._talks import Talk, clean

PORTS = (25, 465, 587, 2525)
GREETINGS = (b"220 ", b"220-", b"EHLO", b"HELO")
_LONGEST_LINE = 4096
_REPLY = re.compile(rb"(\d{3})([ -]|$)")
_SENDER = re.compile(rb"MAIL FROM: *<?[^@<>]*@([^>\s]+)", re.IGNORECASE)


@dataclass(slots=True)
class Mails:
    """Who reads SMTP. Of a mail only the end is looked for; the last line of a reply counts."""

    helo: str | None = None
    mail: dict[str, Any] | None = None
    client: int | None = None
    asked: bytes = b""
    in_body: bool = False
    stopped: bool = field(default=False)

    def heard(self, talk: Talk, side: int, time: int) -> bool:
        """Read the lines that are whole."""
        stream = talk.streams[side]
        while (end := stream.data.find(b"\n")) >= 0:
            line = bytes(stream.data[:end]).rstrip(b"\r")
            del stream.data[: end + 1]
            self._line(talk, side, time, line)
            if self.stopped:
                return False
        if len(stream.data) > _LONGEST_LINE:
            # Within a mail a line may be of any length.
            del stream.data[:-2]
            return self.in_body
        return not stream.broken

    def ended(self, talk: Talk) -> None:
        """Tell the mail that was being handed over."""
        if self.mail is not None:
            time = self.mail.pop("time")
            talk.say(Smtp, self.client or 0, time, **self.mail)
            self.mail = None

    def _line(self, talk: Talk, side: int, time: int, line: bytes) -> None:
        if side != self.client and (found := _REPLY.match(line)):
            self.client = 1 - side
            if found[2] != b"-":
                self._reply(talk, found[1], line)
        elif self.in_body:
            self.in_body = line != b"."
        elif side == self.client or self.client is None:
            self.client = side
            self._command(talk, time, line)

    def _command(self, talk: Talk, time: int, line: bytes) -> None:
        verb = self.asked = line[:4].upper()
        if verb in (b"EHLO", b"HELO"):
            self.helo = clean(line[4:].strip(), 255) or None
            talk.service = "smtp"
        elif verb == b"MAIL":
            self.ended(talk)
            found = _SENDER.match(line)
            domain = clean(found[1].lower(), 255) if found else None
            self.mail = {"time": time, "helo": self.helo, "sender_domain": domain, "recipients": 0, "reply": None}
        elif verb == b"RCPT" and self.mail is not None:
            self.mail["recipients"] += 1
        elif verb in (b"RSET", b"QUIT"):
            self.ended(talk)
        elif verb == b"BDAT":
            self.stopped = True

    def _reply(self, talk: Talk, code: bytes, line: bytes) -> None:
        if self.asked == b"STAR" and code == b"220":
            # What follows is TLS.
            self.stopped = talk.streams[0].broken = talk.streams[1].broken = True
        if self.mail is not None:
            self.mail["reply"] = clean(line, 255)
            if self.asked == b"DATA" and code == b"354":
                self.in_body, self.asked = True, b"."
            elif self.asked == b".":
                self.ended(talk)
