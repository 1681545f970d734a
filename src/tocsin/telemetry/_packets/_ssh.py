"""The first line of SSH, in which the client says what it is; all behind it is secret."""

from dataclasses import dataclass

from tocsin.records import Login
from tocsin.telemetry._packets._talks import Talk, clean

BEGINS = b"SSH-"
# RFC 4253 ends the line there.
_LONGEST = 255


@dataclass(slots=True)
class Greeting:
    """Who reads SSH. A session is told once, by the client's line; whether it could log in cannot be seen."""

    told: bool = False

    def heard(self, talk: Talk, side: int, time: int) -> bool:
        """Read the first line of the client."""
        data = talk.streams[side].data
        line, found, _ = bytes(data[: _LONGEST + 1]).partition(b"\n")
        if not line.startswith(BEGINS) or (not found and len(line) > _LONGEST):
            return False
        if not found:
            return True
        talk.service = "ssh"
        if side != talk.initiator:
            talk.streams[side].pass_over(1 << 62)
            return True
        software = clean(line.rstrip(b"\r"), _LONGEST)
        talk.say(Login, side, time, service="ssh", success=None, attempts=None, client_software=software)
        return False

    def ended(self, talk: Talk) -> None:
        """Without the client's line there is nothing to tell."""
