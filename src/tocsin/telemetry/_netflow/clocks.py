"""When a record's flow began and ended, in microseconds since 1970, out of the many ways in which exporters say it."""

from collections.abc import Mapping

import numpy as np

from tocsin.telemetry._uniflow import UNKNOWN, Integers

# From 1900, where NTP begins to count, to 1970, in seconds.
_NTP_SHIFT = 2_208_988_800
# Uptimes are milliseconds in 32 bits, which begin anew after seven weeks.
_UPTIME = 1 << 32
# Up to a day may a flow seem to end after its export, by clocks that are not the same.
_AHEAD = 86_400_000


def times(
    found: Mapping[str, Integers], export_us: Integers, uptime_ms: Integers, boot_ms: Integers
) -> tuple[Integers, Integers]:
    """Start and end of each record; UNKNOWN for an end that is not said.

    ``export_us``: when its packet was sent; ``uptime_ms``: how long the exporter had run then, or UNKNOWN;
    ``boot_ms``: when the exporter was started, as it says elsewhere, or UNKNOWN. A record that says no time began when
    it was observed, if it says that, else when it was exported.
    """
    uptime_ms = _uptime(found, export_us, uptime_ms, boot_ms)
    start, end = (_instant(found, side, export_us, uptime_ms) for side in ("start", "end"))
    if end is None:
        end = _instant(found, "seen", export_us, uptime_ms)
    if start is None:
        start = export_us if end is None else end
    if "duration_ms" in found:
        end = start + found["duration_ms"] * 1000
    elif "duration_us" in found:
        end = start + found["duration_us"]
    return start, np.full(len(start), UNKNOWN) if end is None else end


def _instant(found: Mapping[str, Integers], side: str, export_us: Integers, uptime_ms: Integers) -> Integers | None:
    if f"{side}_ms" in found:
        return found[f"{side}_ms"] * 1000
    if f"{side}_ntp" in found:
        seconds = found[f"{side}_ntp"] - _NTP_SHIFT
        return seconds * 1_000_000 + (found[f"{side}_ntp_fraction"] * 1_000_000 >> 32)
    if f"{side}_s" in found:
        return found[f"{side}_s"] * 1_000_000
    if f"{side}_uptime" in found:
        age = (uptime_ms - found[f"{side}_uptime"]) % _UPTIME
        age = np.where(age > _UPTIME - _AHEAD, age - _UPTIME, age)
        return export_us - age * 1000
    if f"{side}_before_us" in found:
        return export_us - found[f"{side}_before_us"]
    return None


def _uptime(found: Mapping[str, Integers], export_us: Integers, uptime_ms: Integers, boot_ms: Integers) -> Integers:
    """How long the exporter had run at the export. IPFIX does not say; then it is by when it was started.

    Where nothing says that either, the last flow of a packet is taken to have ended when the packet was sent.
    """
    if "start_uptime" not in found and "end_uptime" not in found:
        return uptime_ms
    boot = found.get("boot_ms", boot_ms)
    uptime = np.where((uptime_ms == UNKNOWN) & (boot != UNKNOWN), export_us // 1000 - boot, uptime_ms)
    latest = found.get("end_uptime", found.get("start_uptime", uptime))
    missing = uptime == UNKNOWN
    if not missing.any():
        return uptime
    opening = np.flatnonzero(np.diff(export_us, prepend=export_us[0] - 1))
    last = np.repeat(np.maximum.reduceat(latest, opening), np.diff(opening, append=len(latest)))
    return np.where(missing, last, uptime)
