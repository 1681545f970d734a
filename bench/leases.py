"""How fast leases are looked up: ``python bench/leases.py [LEASES] [LOOKUPS]``.

Made-up leases of 50,000 addresses, half of them shared in 64 blocks of ports, over a week; questions about any of them.
"""

import sys
import time

import numpy as np
import pyarrow as pa

from tocsin.parties.leases import lease_table

ADDRESSES, BLOCKS, WEEK_US = 50_000, 64, 7 * 86_400 * 1_000_000


def main(leases: int, lookups: int) -> None:
    """Build the table and look up; prints seconds and rates."""
    chance = np.random.default_rng(1)
    address, since = chance.integers(0, ADDRESSES, leases), chance.integers(0, WEEK_US, leases)
    block = chance.integers(0, BLOCKS, leases)
    whole = address % 2 == 0
    names = np.array([f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(ADDRESSES)])
    table = pa.table(
        {
            "address": pa.array(names[address]),
            "port_low": pa.array(block * 1000, mask=whole),
            "port_high": pa.array(block * 1000 + 999, mask=whole),
            "subscriber": pa.array(chance.integers(0, 1_000_000, leases).astype(str)),
            "time": pa.array(since).cast(pa.timestamp("us")),
            "until": pa.array(since + 3_600_000_000).cast(pa.timestamp("us")),
        }
    )
    began = time.process_time()
    found = lease_table(table)
    built = time.process_time()
    asked = names[chance.integers(0, ADDRESSES, lookups)].tolist()
    ports, times = chance.integers(0, BLOCKS * 1000, lookups).tolist(), chance.integers(0, WEEK_US, lookups)
    before = time.process_time()
    holders = found.find(asked, ports, times)
    seconds = time.process_time() - before
    print(f"{leases:,} leases sorted in {built - began:.2f} s of CPU, {len(found.layers)} layers")
    print(f"{lookups:,} looked up in {seconds:.2f} s of CPU: {lookups / seconds:,.0f} a second")
    print(f"{(holders >= 0).sum():,} of them were somebody's")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:] or ("1000000", "1000000")))
