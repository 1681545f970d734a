"""A conversation within a flow, and the protocols that can be read in one."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from tocsin.records import Record
from tocsin.telemetry._packets._streams import Stream


@dataclass(frozen=True, slots=True)
class Ends:
    """Address and port of each side, and the number of the flow."""

    addresses: tuple[str, str]
    ports: tuple[int, int]
    flow: int


@dataclass(slots=True)
class Talk:
    """One conversation.

    Attributes:
        ends: between whom
        initiator: which side began the flow, 0 or 1
        streams: what each side sends
        said: rows that came of it and were not fetched yet
        listener: who reads it
        service: the protocol, in Zeek's words, once something of it was read
    """

    ends: Ends
    initiator: int
    listener: "Listener"
    streams: tuple[Stream, Stream] = field(default_factory=lambda: (Stream(), Stream()))
    said: list[tuple[type[Record], dict[str, Any]]] = field(default_factory=list)
    service: str | None = None

    def say(self, record: type[Record], initiator: int, time: int, **columns: Any) -> None:
        """A row came of it. ``initiator``: the side that asked; ``time``: microseconds."""
        addresses, ports = self.ends.addresses, self.ends.ports
        where = {
            "time": time,
            "initiator": addresses[initiator],
            "initiator_port": ports[initiator],
            "responder": addresses[1 - initiator],
            "responder_port": ports[1 - initiator],
            "uid": str(self.ends.flow),
        }
        self.said.append((record, where | columns))


class Listener(Protocol):
    """Who reads a conversation in one protocol."""

    def heard(self, talk: Talk, side: int, time: int) -> bool:
        """More has come from a side; gives whether it wants to hear on."""

    def ended(self, talk: Talk) -> None:
        """Nothing more comes."""


def clean(octets: bytes, longest: int) -> str:
    """Text from outside made fit to be stored and shown: printable ASCII, others as ``\\\\x..``, and not long.

    >>> clean(b"curl/8\\x1b[2J", 200)
    'curl/8\\\\x1b[2J'
    """
    text = octets[:longest].decode("latin-1")
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if " " <= c <= "~" else f"\\x{ord(c):02x}" for c in text)
