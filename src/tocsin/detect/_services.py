"""What ordinary devices do on their own, by protocol and port.

Flows carry no intent. Regular contact alone is what clocks, resolvers, update checks, mail and push channels do too,
so on their ports it takes more than regularity to be reported. Ports by the IANA service name registry.
"""

from collections.abc import Mapping

import ibis.expr.types as ir

# Regular by design, on every device: never a beacon by regularity.
CLOCKWORK = {"udp": (53, 67, 68, 123, 500, 546, 547, 1900, 3702, 4500, 5353), "tcp": (53,)}

# Where software that people use or devices need keeps in touch with its maker or its users' services.
ORDINARY = {
    "tcp": (
        *(20, 21, 22, 25, 80, 110, 143, 443, 465, 587, 853, 993, 995),  # files, shells, mail, web, DNS over TLS
        *(1194, 1723, 1883, 8883, 3389, 5938),  # tunnels, MQTT, remote desktops
        *(1863, 4070, 5190, 5222, 5223, 5228, 5229, 5230, 5269),  # messengers, music and push services
        *(554, 1935, 3478, 5349),  # streams, calls
        *(8000, 8008, 8080, 8443),  # web on its other ports
    ),
    "udp": (443, 1194, 3478, 3479, 3480, 3481, 5349, 19302, 51820),
}

# Where people chat: they stay connected, they do not call again and again.
CHAT = {"tcp": (6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 6697, 7000)}


def runs_on(services: Mapping[str, tuple[int, ...]], table: ir.Table) -> ir.BooleanValue:
    """Whether the protocol and port of each row stand among ``services``."""
    found = None
    for protocol, ports in services.items():
        one = (table.protocol == protocol) & table.port.isin(ports)
        found = one if found is None else found | one
    if found is None:
        raise ValueError("no services")
    return found.fill_null(False)
