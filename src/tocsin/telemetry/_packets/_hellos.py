"""What client and server say first in TLS, and the fingerprints JA3 and JA4 of the client.

JA3 is by J. Althouse, J. Atkinson and J. Atkins (2017); JA4 by J. Althouse, FoxIO (2023), https://github.com/FoxIO-LLC/ja4,
of which the TLS client is free to use.
"""

from dataclasses import dataclass, field
from hashlib import md5, sha256

from tocsin.telemetry._packets._fields import Fields
from tocsin.telemetry._packets._talks import clean

_NAME, _GROUPS, _FORMATS, _SIGNATURES, _PROTOCOLS, _VERSIONS = 0, 10, 11, 13, 16, 43
# Zeek's names, and JA4's.
VERSIONS = {
    0x0002: ("SSLv2", "s2"),
    0x0300: ("SSLv3", "s3"),
    0x0301: ("TLSv10", "10"),
    0x0302: ("TLSv11", "11"),
    0x0303: ("TLSv12", "12"),
    0x0304: ("TLSv13", "13"),
}


@dataclass(frozen=True, slots=True)
class Hello:
    """A ClientHello or, with one cipher, a ServerHello. Extensions are kept in their order."""

    version: int
    ciphers: tuple[int, ...]
    extensions: tuple[int, ...] = ()
    name: str | None = None
    groups: tuple[int, ...] = ()
    formats: tuple[int, ...] = ()
    signatures: tuple[int, ...] = ()
    protocols: tuple[bytes, ...] = ()
    versions: tuple[int, ...] = field(default=())

    @property
    def highest(self) -> int:
        """The highest version offered, or the one chosen."""
        return max((v for v in self.versions if v in VERSIONS), default=self.version)


def client_hello(message: bytes) -> Hello:
    """Read a ClientHello. Raises TooShort."""
    fields = Fields(message)
    version = fields.number(2)
    fields.octets(32)
    fields.part(1)
    ciphers = tuple(fields.part(2).numbers(2))
    fields.part(1)
    return _with_extensions(version, ciphers, fields, many=True)


def server_hello(message: bytes) -> Hello:
    """Read a ServerHello. Raises TooShort."""
    fields = Fields(message)
    version = fields.number(2)
    fields.octets(32)
    fields.part(1)
    cipher = fields.number(2)
    fields.octets(1)
    return _with_extensions(version, (cipher,), fields, many=False)


def version_name(number: int) -> str | None:
    """A version in Zeek's words; None for one that is not known."""
    return VERSIONS.get(number, (None, ""))[0]


def ja3(hello: Hello) -> str:
    """JA3 of a client: MD5 of version, ciphers, extensions, groups and formats of points, without GREASE."""
    lists = (hello.ciphers, hello.extensions, hello.groups, hello.formats)
    text = ",".join([str(hello.version), *("-".join(map(str, _plain(numbers))) for numbers in lists)])
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def ja4(hello: Hello) -> str:
    """JA4 of a client over TCP."""
    ciphers, extensions = _plain(hello.ciphers), _plain(hello.extensions)
    head = "t{}{}{:02d}{:02d}{}".format(
        VERSIONS.get(hello.highest, ("", "00"))[1],
        "d" if _NAME in extensions else "i",
        min(len(ciphers), 99),
        min(len(extensions), 99),
        _protocol(hello.protocols),
    )
    listed = _hexed(sorted(number for number in extensions if number not in (_NAME, _PROTOCOLS)))
    signed = _hexed(_plain(hello.signatures))
    return f"{head}_{_digest(_hexed(sorted(ciphers)))}_{_digest('_'.join(filter(None, [listed, signed])))}"


def _with_extensions(version: int, ciphers: tuple[int, ...], fields: Fields, *, many: bool) -> Hello:
    kinds: list[int] = []
    read: dict[str, object] = {}
    rest = fields.part(2) if fields else Fields(b"")
    while rest:
        kind, value = rest.number(2), rest.part(2)
        kinds.append(kind)
        if many and value:
            read |= _extension(kind, value)
        elif kind == _VERSIONS and value:
            read["versions"] = (value.number(2),)
    return Hello(version, ciphers, tuple(kinds), **read)  # type: ignore[arg-type]


def _extension(kind: int, value: Fields) -> dict[str, object]:
    if kind == _NAME:
        names = value.part(2)
        is_host = names.number(1) == 0
        return {"name": clean(names.part(2).data.lower(), 255) or None} if is_host else {}
    if kind == _GROUPS:
        return {"groups": tuple(value.part(2).numbers(2))}
    if kind == _FORMATS:
        return {"formats": tuple(value.part(1).numbers(1))}
    if kind == _SIGNATURES:
        return {"signatures": tuple(value.part(2).numbers(2))}
    if kind == _VERSIONS:
        return {"versions": tuple(value.part(1).numbers(2))}
    return {"protocols": _names(value.part(2))} if kind == _PROTOCOLS else {}


def _names(value: Fields) -> tuple[bytes, ...]:
    names = []
    while value:
        names.append(value.part(1).data)
    return tuple(names)


def _plain(numbers: tuple[int, ...]) -> list[int]:
    """Without GREASE (RFC 8701), which clients make up."""
    return [n for n in numbers if n & 0x0F0F != 0x0A0A or n >> 8 != n & 0xFF]


def _protocol(names: tuple[bytes, ...]) -> str:
    """First and last character of the first protocol; of its hexadecimal form when they are not letters or digits."""
    if not names or not names[0]:
        return "00"
    first, last = names[0][:1], names[0][-1:]
    if first.isalnum() and last.isalnum():
        return (first + last).decode()
    return f"{first.hex()[0]}{last.hex()[1]}"


def _hexed(numbers: list[int]) -> str:
    return ",".join(f"{number:04x}" for number in numbers)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12] if text else "0" * 12
