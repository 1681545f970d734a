"""Says how often findings are right, by their score: plants infected hosts among the hosts of a real network.

    python -m bench.calibration [FOLDER] [--hosts 360] [--background ID]

Each planted host does one thing that a bot does, with intervals, sizes, ports and counts drawn anew (the seed is
fixed). A finding is right when its host was planted. All others are counted as wrong, though nobody knows whether some
of the real hosts are infected: the share is a lower bound. The interval is Wilson's, 95 %.
"""

import argparse
import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.captures import Capture, files, opened, references
from bench.table import table
from tocsin.detect import detect
from tocsin.records import ATTACKING, Finding, Flow, arrow_schema
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import put

SEED = 7
BACKGROUND = "campus-background"
BINS = ((0.9, 1.0), (0.8, 0.9), (0.7, 0.8))
Z = 1.959964

Row = dict[str, Any]
Bot = Callable[[random.Random], Iterator[Row]]


def beacon(chance: random.Random) -> Iterator[Row]:
    """Calls at an interval of 5 to 90 seconds, with jitter of up to a third, on a port of its own, often in vain."""
    every, jitter = chance.uniform(5, 90), chance.uniform(0, 0.33)
    port, vain, peer = chance.randrange(1024, 50_000), chance.choice((0, 0.5, 1)), _outside(chance)
    second = 0.0
    while second < 7000:
        yield _flow(second, peer, port, back=0 if chance.random() < vain else 3)
        second += every * chance.uniform(1 - jitter, 1 + jitter)


def irc(chance: random.Random) -> Iterator[Row]:
    """A chat channel for orders that is left and joined again."""
    peer, port = _outside(chance), chance.choice((6667, 6697, 7000))
    second = 0.0
    while second < 7000:
        lasts = chance.uniform(60, 500)
        yield _flow(second, peer, port, seconds=lasts, back=9, sent=9, service="irc")
        second += lasts + chance.uniform(1, 30)


def search(chance: random.Random) -> Iterator[Row]:
    """A search for devices: one port of many addresses, nearly all in vain."""
    port, rate = chance.choice((23, 2323, 445, 5555, 7547, 8291, 81, 37215)), chance.uniform(0.2, 20)
    for number in range(chance.randrange(60, 1500)):
        yield _flow(number / rate, _outside(chance), port, back=3 if chance.random() < 0.02 else 0)


def flood(chance: random.Random) -> Iterator[Row]:
    """A flood against one address, by many small flows or by few large ones."""
    peer, port, protocol = _outside(chance), chance.choice((80, 443, 53, 27015)), chance.choice(("tcp", "udp"))
    large = chance.random() < 0.5
    for number in range(5 if large else chance.randrange(2000, 6000)):
        sent = chance.randrange(20_000, 90_000) if large else 1
        yield _flow(
            number * (20 if large else 0.005), peer, port, sent=sent, protocol=protocol, seconds=19 if large else 0
        )


def guess(chance: random.Random) -> Iterator[Row]:
    """Guessing of passwords at one server."""
    peer, port, every = _outside(chance), chance.choice((22, 23, 3389, 21)), chance.uniform(0.5, 6)
    for number in range(chance.randrange(150, 900)):
        yield _flow(number * every, peer, port, sent=9, back=9, seconds=every / 2)


def spam(chance: random.Random) -> Iterator[Row]:
    """Mail to many servers, some of which refuse."""
    for number in range(chance.randrange(40, 400)):
        yield _flow(
            number * chance.uniform(2, 12), _outside(chance), 25, back=0 if chance.random() < 0.4 else 12, sent=12
        )


def poll(chance: random.Random) -> Iterator[Row]:
    """The same small exchange with a web server, many times a minute."""
    peer, every = _outside(chance), chance.uniform(1, 5)
    for number in range(round(6000 / every)):
        yield _flow(number * every * chance.uniform(0.99, 1.01), peer, chance.choice((80,)), sent=5, back=5)


BOTS: Mapping[str, Bot] = {bot.__name__: bot for bot in (beacon, irc, search, flood, guess, spam, poll)}


def plant(capture: Capture, hosts: int) -> set[str]:
    """Put the flows of so many infected hosts among those of a capture; returns their addresses."""
    chance = random.Random(SEED)
    begin = min(pc.min(pq.read_table(file, columns=["time"])["time"]).as_py() for file in files(capture))
    planted: set[str] = set()
    network = capture.networks[0].rsplit(".", 2)[0]
    with LakeWriter(capture.workspace.lake, "planted") as writer:
        for number in range(hosts):
            host = f"{network}.{200 + number // 250}.{number % 250 + 1}"
            planted.add(host)
            rows = list(list(BOTS.values())[number % len(BOTS)](chance))
            writer.write(Flow, pa.Table.from_pylist([_placed(row, host, begin) for row in rows], arrow_schema(Flow)))
        written = writer.finish(capture.workspace.party, "TLP:AMBER", "bench")
    with capture.ledger.write() as connection:
        put(connection, written)
    return planted


def wilson(right: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927).

    >>> tuple(round(end, 3) for end in wilson(9, 10))
    (0.596, 0.982)
    """
    if not whole:
        return 0.0, 1.0
    share, spread = right / whole, Z * Z / whole
    middle = (share + spread / 2) / (1 + spread)
    half = Z * sqrt(share * (1 - share) / whole + spread / (4 * whole)) / (1 + spread)
    return middle - half, middle + half


def text(findings: Sequence[Finding], planted: set[str]) -> str:
    """How often findings are right by their score, and how many of the planted were found."""
    attacks = [f for f in findings if f.behaviour in ATTACKING and f.host and f.suppressed_by is None]
    lines = []
    for low, high in BINS:
        scores = [f.host in planted for f in attacks if low <= f.score < high]
        least, most = wilson(sum(scores), len(scores))
        lines.append((f"{low:.1f} to {high:.1f}", str(len(scores)), str(sum(scores)), f"{least:.3f} to {most:.3f}"))
    found = {f.host for f in attacks} & planted
    told = table(("score", "findings", "right", "share, 95 %"), lines)
    return f"{told}\n{len(found)} of {len(planted)} planted hosts found"


def _flow(second: float, peer: str, port: int, **changed: Any) -> Row:
    row: Row = {"second": second, "responder": peer, "responder_port": port, "protocol": "tcp", "sent": 2, "back": 0}
    return row | {"seconds": 0.1, "service": None} | changed


def _placed(row: Row, host: str, begin: datetime) -> Row:
    counts = {
        f"{side}_{unit}": row[key] * size
        for side, key in (("initiator", "sent"), ("responder", "back"))
        for unit, size in (("packets", 1), ("bytes", 64))
    }
    return counts | {
        "sensor": "bench",
        "time": begin + timedelta(seconds=row["second"]),
        "initiator": host,
        "initiator_port": 40_000,
        "responder": row["responder"],
        "responder_port": row["responder_port"],
        "protocol": row["protocol"],
        "service": row["service"],
        "duration_us": round(row["seconds"] * 1e6),
        "sampling": 1,
    }


def _outside(chance: random.Random) -> str:
    """An address that is nobody's (RFC 2544)."""
    return f"198.{chance.choice((18, 19))}.{chance.randrange(256)}.{chance.randrange(1, 255)}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Plant, look, and print."""
    parser = argparse.ArgumentParser(description="Say how often findings are right, by their score.")
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("TOCSIN_TEST_DATA"))
    parser.add_argument("--hosts", type=int, default=360, help="how many infected hosts to plant")
    parser.add_argument("--background", default=BACKGROUND, metavar="ID", help="the capture to plant them in")
    options = parser.parse_args(arguments)
    if options.folder is None:
        parser.error("no data: name a folder, or set TOCSIN_TEST_DATA")
    (reference,) = references(Path(options.folder), [options.background])
    with opened(Path(options.folder), reference) as capture:
        planted = plant(capture, options.hosts)
        print(text(detect(capture.workspace, capture.ledger).findings, planted))


if __name__ == "__main__":
    main()
