"""What a subscriber is known by, in one form whatever the source, so DHCP and RADIUS name the same device alike."""

import re

_PLAIN_MAC = re.compile(r"^(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$|^(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}$")
LONGEST = 512


def account(name: str) -> str | None:
    """An account, or what stands in its place; None for nothing. A device's address becomes ``mac``.

    >>> [account(name) for name in (" user@isp.example ", "02-00-5E-00-53-01", "")]
    ['account:user@isp.example', 'mac:02:00:5e:00:53:01', None]
    """
    name = name.strip()[:LONGEST]
    return mac(name) or (f"account:{name}" if name else None)


def mac(text: str) -> str | None:
    """The address of a device, however it is written; None for what is none.

    >>> [mac(text) for text in ("02:00:5E:00:53:01", "0200.5e00.5301", "02005e005301", "nobody")]
    ['mac:02:00:5e:00:53:01', 'mac:02:00:5e:00:53:01', 'mac:02:00:5e:00:53:01', None]
    """
    lower = text.lower()
    if not _PLAIN_MAC.match(lower):
        return None
    digits = re.sub(r"[^0-9a-f]", "", lower)
    return "mac:" + ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def client(identifier: str) -> str | None:
    """A DHCP client's own identifier, or its DUID, in hexadecimal digits; None for nothing.

    >>> client("01:02:00:5E:00:53:02")
    'client:0102005e005302'
    """
    digits = re.sub(r"[^0-9a-f]", "", identifier.lower())[:LONGEST]
    return f"client:{digits}" if digits else None
