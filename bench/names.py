"""Says how right detection from names is: plants bots among hosts that look names up as people do, and counts.

    python bench/names.py [FOLDER]

FOLDER holds the lists of names that ``scripts/train_names.py`` describes; without one, it is ``domains`` in the folder
that TOCSIN_TEST_DATA names. Only popular names and families that the model was not trained on are used. Everything
else is made up here, by chance with a fixed seed: the table says how the detectors fare on such behaviour, not on
anybody's network.
"""

import argparse
import gzip
import os
import random
import string
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa

from scripts.train_names import HELD_OUT, held_out, popular_labels
from tocsin.detect import dga, dns_tunnel
from tocsin.detect._inputs import Inputs
from tocsin.detect._places import places
from tocsin.parties.directory import Directory
from tocsin.parties.lookup import prefix_table
from tocsin.records import Dns, Network, arrow_schema
from tocsin.store.engine import open_engine

DAY = datetime(2026, 3, 1)  # noqa: DTZ001  (the lake's times have no zone)
DAY_SECONDS = 86_000
# Some half of the names that people use are below com, as in lists of popular ones.
SUFFIXES = ("com", "com", "com", "com", "net", "org", "de", "co.uk", "info")
ASKED = (12, 25, 50, 200)
BOTS_OF_EACH = 6
RESOLVER = "203.0.113.53"
# Weaker evidence is no finding.
REPORTED, SURE = 0.7, 0.9

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Host:
    """A host that was made up: what it is, whether it is a bot, and how many of a family's names it asks for."""

    kind: str
    bot: bool
    rows: list[Row]
    size: int = 0


class Maker:
    """Makes hosts from lists of popular labels, by chance."""

    def __init__(self, popular: Sequence[str], seed: int = 12) -> None:
        self._popular = popular
        self._chance = random.Random(seed)

    def person(self) -> list[Row]:
        """A day of browsing: most names are popular and there, a few are dead, mistyped or made by software."""
        rows = [self.asked(f"www.{self.popular()}") for _ in range(self._chance.randint(10, 400))]
        rows += [self.failed(self.popular()) for _ in range(self._chance.randint(0, 12))]
        rows += [self.failed(self.mistyped()) for _ in range(self._chance.randint(0, 6))]
        rows += [self.failed(self.letters(self._chance.randint(7, 15))) for _ in range(3 * self._chance.randint(0, 8))]
        rows += [self.failed(f"{self.letters(10)}.corp.example.com") for _ in range(self._chance.randint(0, 20))]
        rows += [self.asked(f"{self.letters(14)}.cloudfront.net") for _ in range(self._chance.randint(0, 30))]
        return rows

    def bot(self, names: Sequence[str], count: int) -> list[Row]:
        """A person's day, and so many of a family's names within some minutes; one in ten is registered."""
        start, apart = self._chance.randint(0, 60_000), self._chance.choice((0.5, 3, 20))
        first = self._chance.randrange(max(1, len(names) - count))
        tried = [
            (self.asked if self._chance.random() < 0.1 else self.failed)(name, start + place * apart)
            for place, name in enumerate(names[first : first + count])
        ]
        return self.person() + tried

    def tunnel(self, length: int, kind: str, count: int) -> list[Row]:
        """A person's day, and so many new names with data in them."""
        texts = {"query_type": kind, "answers": []}
        carried = [
            self.asked(f"{self.data(length)}.t.example.net", 3000 + place, **texts | self._back(kind))
            for place in range(count)
        ]
        return self.person() + carried

    def mail_server(self) -> list[Row]:
        """Asks for every sender's domain, of which many do not exist, and asks lists about addresses."""
        rows = [self.asked(self.popular(), query_type="MX") for _ in range(300)]
        rows += [self.failed(self.popular(), query_type="MX") for _ in range(150)]
        rows += [self.failed(f"{self.letters(9)}.com", query_type="MX") for _ in range(60)]
        return rows + [self.failed(f"{n % 250}.7.2.192.zen.example.org") for n in range(900)]

    def scanner(self) -> list[Row]:
        """Asks for the reputation of files and pages, by hashes."""
        rows = [self.asked(f"{self.data(70)}.rep.example.org", answers=["127.0.4.8"]) for _ in range(2500)]
        return rows + [self.failed(f"{self.data(32)}.hash.example.org", query_type="TXT") for _ in range(500)]

    def crawler(self) -> list[Row]:
        """Follows links wherever they lead; one in five is dead."""
        return [(self.failed if n % 5 == 0 else self.asked)(self.popular()) for n in range(3000)]

    def cut_off(self) -> list[Row]:
        """A host whose resolver knows nothing outside: all fails."""
        return [self.failed(f"www.{self.popular()}") for _ in range(200)]

    def telemetry(self) -> list[Row]:
        """Software that puts an identifier into each name."""
        return self.person() + [self.asked(f"{self.data(40)}.m.example.com") for _ in range(800)]

    def asked(self, query: str, seconds: float | None = None, **changed: Any) -> Row:
        """A question that was answered, at any time of the day."""
        time = DAY + timedelta(seconds=self._chance.random() * DAY_SECONDS if seconds is None else seconds)
        row = {"sensor": "edge", "time": time, "responder": RESOLVER, "responder_port": 53, "query": query}
        return row | {"query_type": "A", "response_code": "NOERROR", "answers": ["198.51.100.1"]} | changed

    def failed(self, query: str, seconds: float | None = None, **changed: Any) -> Row:
        """The same, and the name does not exist."""
        return self.asked(query, seconds, **changed) | {"response_code": "NXDOMAIN", "answers": []}

    def popular(self) -> str:
        """A popular domain; some are far more so than others."""
        place = int(len(self._popular) * self._chance.random() ** 2)
        return f"{self._popular[place]}.{self._chance.choice(SUFFIXES)}"

    def mistyped(self) -> str:
        """A popular domain with a letter changed."""
        domain = self.popular()
        place = self._chance.randrange(len(domain.partition(".")[0]))
        return domain[:place] + self.letters(1) + domain[place + 1 :]

    def letters(self, length: int) -> str:
        """Letters by chance."""
        return "".join(self._chance.choices(string.ascii_lowercase, k=length))

    def data(self, length: int) -> str:
        """Encoded data in labels."""
        text = "".join(self._chance.choices("0123456789abcdef", k=length))
        return ".".join(text[start : start + 60] for start in range(0, length, 60))

    def _back(self, kind: str) -> dict[str, Any]:
        return {"answers": [self.letters(40)]} if kind != "A" else {"answers": ["198.51.100.9"]}


def family(folder: Path, files: Sequence[str]) -> list[str]:
    """Names of a family in the order in which its generator makes them."""
    names: list[str] = []
    for file in files:
        with gzip.open(folder / "dga" / f"{file}.txt.gz", "rt", encoding="utf-8", errors="replace") as opened:
            names += [line.strip().lower() for line in opened.read().splitlines() if line.strip()]
    return names


def hosts(folder: Path) -> Iterator[Host]:
    """Every host that is planted, and those among which they are."""
    made = Maker([label for label in popular_labels(folder) if held_out(label)])
    for name, files in HELD_OUT.items():
        names = family(folder, files)
        for count in ASKED:
            if len(names) >= count:
                yield from (Host(name, True, made.bot(names, count), count) for _ in range(BOTS_OF_EACH))
    for length, kind, count in ((20, "TXT", 60), (160, "NULL", 2000), (180, "A", 300), (34, "CNAME", 400)):
        yield from (
            Host(f"tunnel of {count} {kind} questions", True, made.tunnel(length, kind, count)) for _ in range(6)
        )
    others: Mapping[str, tuple[int, Callable[[], list[Row]]]] = {
        "person": (400, made.person),
        "mail server": (8, made.mail_server),
        "virus scanner": (8, made.scanner),
        "crawler": (8, made.crawler),
        "cut off": (8, made.cut_off),
        "telemetry": (8, made.telemetry),
    }
    for kind, (count, make) in others.items():
        yield from (Host(kind, False, make()) for _ in range(count))


def found(every: Sequence[Host]) -> dict[int, dict[str, float]]:
    """Score of each detector for each host, by the host's place."""
    empty = dict.fromkeys(arrow_schema(Dns).names)
    rows = [empty | row | {"initiator": _address(place)} for place, host in enumerate(every) for row in host.rows]
    ours = Network(
        holder="bench", prefix="10.0.0.0/8", asn=None, since=date(2026, 1, 1), until=None, party="bench",
        marking="TLP:CLEAR", source="bench",
    )  # fmt: skip
    scores: dict[int, dict[str, float]] = {}
    with open_engine() as engine:
        dns = engine.memory(pa.Table.from_pylist(rows, schema=arrow_schema(Dns)))
        given = Inputs(
            engine, {"dns": dns, "place": places(engine, Directory((ours,), prefix_table([ours.prefix])), [dns])}
        )
        detectors: Mapping[str, ModuleType] = {"dga": dga, "dns_tunnel": dns_tunnel}
        for name, detector in detectors.items():
            for row in engine.rows(given.call(detector.detect)).to_pylist():
                if row["score"] >= REPORTED:
                    scores.setdefault(_place(row["host"]), {})[name] = row["score"]
    return scores


def _address(place: int) -> str:
    return f"10.0.{place // 250}.{place % 250 + 1}"


def _place(address: str) -> int:
    _, _, high, low = address.split(".")
    return int(high) * 250 + int(low) - 1


def main(folder: Path) -> None:
    """Print how many of each kind of host are reported."""
    every = list(hosts(folder))
    scores = found(every)
    kinds = Counter((host.kind, host.size) for host in every)
    told = Counter((host.kind, host.size) for place, host in enumerate(every) if place in scores)

    def cell(kind: str, size: int) -> str:
        return f"{told[kind, size]} of {kinds[kind, size]}" if kinds[kind, size] else ""

    sizes = [f"{size} names" for size in ASKED]
    print(f"| family | {' | '.join(sizes)} |\n|---|{'--:|' * len(sizes)}")
    for kind in HELD_OUT:
        print(f"| {kind} | {' | '.join(cell(kind, size) for size in ASKED)} |")
    print("\n| other hosts | reported |\n|---|--:|")
    for kind, size in kinds:
        if kind not in HELD_OUT:
            print(f"| {kind} | {cell(kind, size)} |")
    right = sum(host.bot for place, host in enumerate(every) if place in scores)
    sure = [host.bot for place, host in enumerate(every) if max(scores.get(place, {"": 0.0}).values()) >= SURE]
    print(
        f"\nBots found: {right} of {sum(host.bot for host in every)}. Others reported: {len(scores) - right}. ", end=""
    )
    print(f"Scored {SURE} and above: {len(sure)}, of which {sum(sure)} are bots.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path(os.environ.get("TOCSIN_TEST_DATA", ".")) / "domains"
    )
    main(parser.parse_args().folder)
