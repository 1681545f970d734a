"""Made-up traffic of the sampled device: a beacon every 13 seconds for three hours, and two floods."""

from datetime import datetime, timedelta
from typing import Any

HOST, CONTROL = "192.168.1.195", "185.244.25.235"
ATTACKED, ATTACKED_V6 = "198.51.100.185", "2001:db8:77::148"
BEGIN = datetime(2018, 12, 21, 14, 50, 16)
PERIOD, CONTACTS = timedelta(seconds=13), 831
FLOOD, FLOOD_FLOWS = datetime(2018, 12, 21, 17, 1, 2), 200


def flows() -> list[dict[str, Any]]:
    """Rows of flows: three of four contacts of the beacon without an answer, one flood by flows, one by packets."""
    beacon = [
        flow(BEGIN + number * PERIOD, CONTROL, 6667, answered=0 if number % 4 else 3) for number in range(CONTACTS)
    ]
    by_flows = [
        flow(FLOOD + number * timedelta(milliseconds=50), ATTACKED, 80, sent=0) for number in range(FLOOD_FLOWS)
    ]
    by_packets = flow(FLOOD, ATTACKED_V6, 80, sent=4000, duration=timedelta(seconds=4))
    return [*beacon, *by_flows, by_packets]


def flow(
    time: datetime, peer: str, port: int, *, answered: int = 0, sent: int = 1, duration: timedelta | None = None
) -> dict[str, Any]:
    """One flow from the device over TCP."""
    return {
        "sensor": "edge",
        "time": time,
        "initiator": HOST,
        "initiator_port": 40000,
        "responder": peer,
        "responder_port": port,
        "uid": None,
        "protocol": "tcp",
        "service": None,
        "duration_us": None if duration is None else duration // timedelta(microseconds=1),
        "state": "SF" if answered else "S0",
        "initiator_packets": sent,
        "initiator_bytes": 40 * sent,
        "responder_packets": answered,
        "responder_bytes": 40 * answered,
        "sampling": 1,
    }
