"""Flows that have ended become rows of the vocabulary."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.telemetry._packets._addresses import address_texts
from tocsin.telemetry._packets._exchanges import ANSWERED, ASKED, KEY, PORTLESS, Flows
from tocsin.telemetry._packets._states import states
from tocsin.telemetry._packets._transport import PORTED

_PROTOCOLS = [{1: "icmp", 6: "tcp", 17: "udp", 58: "icmp"}.get(number, str(number)) for number in range(256)]


def turned(flows: Flows) -> NDArray[np.bool_]:
    """Whether the second side began: the one that asked for the connection, else the one that was seen first."""
    flags = flows["flags"]
    asked, answered = flags & ASKED > 0, flags & ANSWERED > 0
    found: NDArray[np.bool_] = np.select(
        [asked[:, 0] ^ asked[:, 1], answered[:, 0] ^ answered[:, 1]], [asked[:, 1], answered[:, 0]], flows["turned"]
    )
    return found


def flow_rows(flows: Flows, services: "list[str | None]") -> pa.Table:
    """The columns of Flow, but for the sensor and the sampling rate."""
    keys, second = flows["key"].view(KEY), turned(flows)
    sides = np.where(second[:, None], [[1, 0]], [[0, 1]])
    protocol = keys["protocol"].astype(np.int64)
    is_icmp = (protocol == 1) | (protocol == 58)
    ported = (np.isin(protocol, PORTED) | is_icmp) & (keys["apart"][:, 0] & PORTLESS == 0)
    # Type and code stand in this order whoever began.
    ports = np.take_along_axis(keys["ports"].astype(np.int64), np.where(is_icmp[:, None], [[0, 1]], sides), axis=1)
    packets, sizes, flags = (np.take_along_axis(flows[name], sides, axis=1) for name in ("packets", "bytes", "flags"))
    addresses = [address_texts(keys["addresses"][:, at : at + 16], keys["family"]) for at in (0, 16)]
    ends = [_either(second, addresses[1 - side], addresses[side]) for side in (0, 1)]
    columns: dict[str, Any] = {
        "time": pa.array(flows["first"]).cast(pa.timestamp("us")),
        "uid": pa.array(map(str, flows["number"].tolist()), pa.string()),
        "initiator": ends[0],
        "initiator_port": pa.array(ports[:, 0], mask=~ported),
        "responder": ends[1],
        "responder_port": pa.array(ports[:, 1], mask=~ported),
        "protocol": pa.array(_PROTOCOLS).take(pa.array(protocol, pa.int64())),
        "service": pa.array(services, pa.string()),
        "duration_us": pa.array(flows["last"] - flows["first"]),
        "state": states(protocol, flags, packets),
        "initiator_packets": pa.array(packets[:, 0]),
        "initiator_bytes": pa.array(sizes[:, 0]),
        "responder_packets": pa.array(packets[:, 1]),
        "responder_bytes": pa.array(sizes[:, 1]),
    }
    return pa.table(columns)


def _either(condition: NDArray[np.bool_], one: "pa.Array[Any]", other: "pa.Array[Any]") -> "pa.Array[Any]":
    places = np.arange(len(condition)) + np.where(condition, 0, len(condition))
    return pa.concat_arrays([one, other]).take(pa.array(places, pa.int64()))
