"""How fast logs of resolvers and of leases are read: ``python bench/server_logs.py [MEGABYTES]``.

The samples of the tests, each repeated to so many megabytes; prints lines (of dnstap: frames) for each second of CPU.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tocsin.telemetry import Reject
from tocsin.units import units

SAMPLES = Path(__file__).parent.parent / "tests" / "samples"
PIECE = 4 << 20
LOGS = {
    "resolver/bind.log": "bind_queries",
    "resolver/unbound.log": "unbound",
    "resolver/powerdns-structured.log": "powerdns",
    "resolver/bind.dnstap": "dnstap",
    "lease/kea-leases4.csv": "kea_leases",
    "lease/dhcpd.leases": "isc_dhcpd",
    "lease/radius-detail": "radius_detail",
    "lease/nat.log": "cgnat_blocks",
    "lease/leases.csv": "lease_csv",
}
FRAMES_IN_SAMPLE = 56


def pieces(log: bytes, times: int) -> Iterator[bytes]:
    """The log, so many times over."""
    together = max(1, PIECE // len(log))
    for _ in range(max(1, times // together)):
        yield log * together


def main(megabytes: int) -> None:
    """Read each log; prints one line each."""
    for name, reader in LOGS.items():
        log = (SAMPLES / name).read_bytes()
        lines = FRAMES_IN_SAMPLE if reader == "dnstap" else log.count(b"\n")
        content = list(pieces(log, (megabytes << 20) // len(log)))
        began = time.process_time()
        rows = 0
        for part in units("tocsin.telemetry")[reader].load().read(iter(content), "bench", 1):
            rows += 0 if isinstance(part, Reject) else part.rows.num_rows
        seconds = time.process_time() - began
        read = lines * sum(map(len, content)) // len(log)
        print(f"{reader:14}{read:>10,} lines {rows:>10,} rows {read / seconds:>10,.0f} lines a second")


if __name__ == "__main__":
    main(int((sys.argv[1:] or ["20"])[0]))
