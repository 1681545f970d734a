"""Questions to BIND, from its query log.

Reads: what ``named`` writes for the category ``queries``: ``client @0x… 192.0.2.10#5353 (name): query: name IN A +E(0)K
(198.51.100.53)``, with ``print-time`` of any kind, with or without category and severity, with views, keys and client
subnets, or behind the time and name that syslog or the journal puts before it.

Gives: dns, one row a question: who asked, from which port, for which name and type, and at which of the server's
addresses. The log says nothing of answers, so code and answers are not known; dnstap has them.

Leaves out: messages of other categories; flags, classes, views and client subnets. Times without a zone are taken as
UTC, so write them with ``print-time iso8601-utc``. Lines whose time has no year (``Nov 24 15:27:23``) are refused, and
so are lines without a time (``print-time no``): let syslog write RFC 3339, or read ``journalctl -o short-iso``.

Learn more: https://bind9.readthedocs.io/en/v9.18.0/reference.html#the-query-log
"""

from collections.abc import Iterable, Iterator

from tocsin.telemetry._columns import Field
from tocsin.telemetry._header import no_header
from tocsin.telemetry._log_lines import Messages, known_by, read_messages
from tocsin.telemetry._questions import dns_batch, mnemonic, name, port
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stamps import STAMP, WITH_YEAR, stamp
from tocsin.telemetry._values import address

header = no_header

_ADDRESS = r"[0-9A-Fa-f.:]+"
_CLIENT = rf"client (?:@0x[0-9a-f]+ )?(?P<client>{_ADDRESS})(?:%\S+)?#(?P<port>\d+)(?:/key \S+)?(?: \(\S+\))?: "
_QUERY = r"(?:view \S+: )?query: (?P<query>\S+) \S+ (?P<type>\S+) [-+]\S*"
_SERVER = rf"(?: \((?P<server>{_ADDRESS})(?:%\S+)?\))?(?: \[ECS \S+\])?$"
# What stands between the time and the message: a host, ``named[123]:``, category and severity.
_BEFORE = r"(?:[\w.:\[\]()-]+ ){0,6}?"

_TIMELESS = f"{_CLIENT}{_QUERY}{_SERVER}"
MESSAGES = Messages((rf"^{STAMP}{_BEFORE}{_TIMELESS}",), r"\bquery: ", "a question as BIND logs it")
FIELDS = (
    Field("time", "time", stamp, WITH_YEAR, required=True),
    Field("client", "initiator", address, "an address", required=True),
    Field("port", "initiator_port", port, "a port"),
    Field("query", "query", name, "a name", required=True),
    Field("type", "query_type", mnemonic, "a type of record"),
    Field("server", "responder", address, "an address"),
)


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is a question as BIND logs it."""
    return b"query: " in head and known_by(head, rf"(?:{STAMP}{_BEFORE})?{_TIMELESS}")


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:  # noqa: ARG001  (nothing to scale)
    """Questions, and lines that are none."""
    for part in read_messages(content, MESSAGES, FIELDS):
        yield part if isinstance(part, Reject) else dns_batch(part[1], sensor)
