"""Records of one layout, from many packets, decoded at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tocsin.telemetry._netflow.clocks import times
from tocsin.telemetry._netflow.layouts import Layout, columns
from tocsin.telemetry._netflow.sampling import Exporter, rates
from tocsin.telemetry._pairing import ICMP, ICMP6
from tocsin.telemetry._uniflow import UNKNOWN, Flags, Integers, Uniflows, uniflows

# TCP, UDP, DCCP, SCTP and UDP-Lite have ports.
_PORTED = np.isin(np.arange(256), (6, 17, 33, 132, 136))
# Firewalls report that a flow began and later, with its counts, that it ended; the first of these is left out.
_CREATED = 1

_TAKEN = (
    "sender",
    "receiver",
    "protocol",
    "packets",
    "bytes",
    "reverse_packets",
    "reverse_bytes",
    "flags",
    "reverse_flags",
)


@dataclass(slots=True)
class Group:
    """Records without their variable fields; of each set the number of records, its header, and its exporter."""

    shape: Layout
    bodies: list[bytes] = field(default_factory=list)
    sets: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    exporters: list[Exporter] = field(default_factory=list)

    def add(self, body: bytes, described: tuple[int, int, int, int, int, int], exporter: Exporter) -> None:
        """A set: its bytes; count, packet, export time, uptime, rate and exporter's number; what is known of that."""
        self.bodies.append(body)
        self.sets.append(described)
        self.exporters.append(exporter)


def decoded(group: Group) -> Uniflows:
    """The flows among the records."""
    addresses, found = columns(group.shape, b"".join(group.bodies))
    _count_out(found)
    counts, *per_set = np.array(group.sets, np.int64).T
    line, export_us, uptime, rate, exporter = (np.repeat(values, counts) for values in per_set)
    boot = np.repeat([known.boot_ms for known in group.exporters], counts)
    start, end = times(found, export_us, uptime, boot)
    rows: dict[str, Integers] = {name: found[name] for name in _TAKEN if name in found}
    rows |= {"start": start, "end": end, "line": line, "exporter": exporter, **_ports(found)}
    rows["sampling"] = np.where(rate != UNKNOWN, rate, _rates(group, found, counts))
    if any(name.startswith("reverse_") for name in found):
        rows["whole"] = np.ones(len(start), np.int64)
        rows |= _by_initiator(rows, found)
    made = uniflows(addresses, rows)
    left_out = _left_out(found)
    return made if left_out is None else made.take(~left_out)


def _count_out(found: dict[str, Integers]) -> None:
    """What left the device counts where nothing is said to have come in, as in records of the way out."""
    for name in ("packets", "bytes"):
        out = found.pop(f"{name}_out", None)
        if out is not None:
            counted = found.get(name)
            found[name] = out if counted is None else np.where(counted == 0, out, counted)


def _rates(group: Group, found: Mapping[str, Integers], counts: Integers) -> Integers:
    """Rates as options state them by now: those that come a little after the first data hold for it too."""
    # One router may have many domains, each with rates of its own.
    domains = np.array([id(exporter) for exporter in group.exporters])
    opening = np.flatnonzero(np.diff(domains, prepend=UNKNOWN))
    ends = np.cumsum(counts)
    begins = (ends - counts)[opening]
    parts = zip(opening.tolist(), begins.tolist(), [*begins[1:].tolist(), int(ends[-1])], strict=True)
    return np.concatenate([rates(found, group.exporters[place], slice(at, upto)) for place, at, upto in parts])


def _ports(found: Mapping[str, Integers]) -> dict[str, Integers]:
    """Ports where the protocol has some; for ICMP type and code, which may stand in the receiver's port."""
    protocol = found["protocol"] & 255
    unknown = np.full(len(protocol), UNKNOWN)
    source, target = (_at_most(found.get(f"{side}_port", unknown), 65_535) for side in ("sender", "receiver"))
    ported = _PORTED[protocol]
    if ported.all():
        return {"protocol": protocol, "sender_port": source, "receiver_port": target}
    both = found.get("icmp", target)
    kind = _at_most(found.get("icmp_type", np.where(both == UNKNOWN, UNKNOWN, both >> 8)), 255)
    code = _at_most(found.get("icmp_code", np.where(both == UNKNOWN, UNKNOWN, both & 255)), 255)
    icmp = (protocol == ICMP) | (protocol == ICMP6)
    return {
        "protocol": protocol,
        "sender_port": np.where(ported, source, np.where(icmp, kind, UNKNOWN)),
        "receiver_port": np.where(ported, target, np.where(icmp, code, UNKNOWN)),
    }


def _at_most(values: Integers, largest: int) -> Integers:
    """Values, UNKNOWN for those that are larger: a template may give a port more bytes than it has."""
    return np.where(values > largest, UNKNOWN, values) if values.max(initial=0) > largest else values


def _by_initiator(rows: Mapping[str, Integers], found: Mapping[str, Integers]) -> dict[str, Integers]:
    """Where a biflow says that its source was addressed, the sides change places (RFC 5103, biflowDirection)."""
    if "direction" not in found:
        return {}
    turned = found["direction"] == 2
    unknown = np.full(len(turned), UNKNOWN)
    sides = [("sender", "receiver"), ("sender_port", "receiver_port")]
    sides += [(name, f"reverse_{name}") for name in ("packets", "bytes", "flags")]
    changed: dict[str, Integers] = {}
    for one, other in sides:
        first, second = rows.get(one, unknown), rows.get(other, unknown)
        changed |= {one: np.where(turned, second, first), other: np.where(turned, first, second)}
    return changed


def _left_out(found: Mapping[str, Integers]) -> Flags | None:
    """Records without counts that report a translation, or the beginning of a flow that comes again at its end."""
    if "event" in found:
        reported: Flags = found["event"] == _CREATED
    elif "nat_event" in found:
        reported = found["nat_event"] != 0
    else:
        return None
    for name in ("packets", "bytes", "reverse_packets", "reverse_bytes"):
        if name in found:
            reported &= found[name] == 0
    return reported
