"""Takes the lists that Tocsin's own rules name out of a copy of MISP's warning lists, and packs them.

    python scripts/warninglists.py FOLDER

FOLDER holds ``NAME.json.gz`` as in the MISP/misp-warninglists repository, compressed. What each list is for stands in
``content/warninglists/CREDIT.md``, which is written too.
"""

import gzip
import json
import lzma
import sys
from ipaddress import collapse_addresses, ip_network
from itertools import groupby
from pathlib import Path
from typing import Any

PACKED = Path(__file__).parent.parent / "src" / "tocsin" / "content" / "warninglists"

LISTS = {
    "akamai": "networks of a content network",
    "apple": "networks of a maker",
    "captive-portals": "names by which devices ask whether they are online",
    "cloudflare": "networks of a content network",
    "crl-hostname": "names of lists of withdrawn certificates",
    "fastly": "networks of a content network",
    "microsoft-azure": "networks of a maker's cloud",
    "microsoft-office365-ip": "networks of a maker's services",
    "second-level-tlds": "ends of names below which anybody may register, from the Public Suffix List",
}

CREDIT = """# Warning lists

Extracts of [MISP/misp-warninglists](https://github.com/MISP/misp-warninglists), which its authors have given to the
public domain (CC0-1.0). `scripts/warninglists.py` makes them. A list says who usually stands behind a network or a
name; it is no proof that what happens there is harmless.

| list | version | entries | holds |
| --- | --- | --- | --- |
"""


def packed(list_: dict[str, Any]) -> list[str]:
    """The entries in canonical form, sorted: networks collapsed, names in lower case, ``*.`` for what ends so.

    >>> packed({"type": "cidr", "list": ["192.0.2.0/25", "192.0.2.128/25"]})
    ['192.0.2.0/24']
    >>> packed({"type": "string", "list": [".Example.net", "www.example.org"]})
    ['*.example.net', 'www.example.org']
    """
    if list_["type"] == "cidr":
        networks = sorted((ip_network(entry) for entry in list_["list"]), key=lambda network: network.version)
        families = (list(family) for _, family in groupby(networks, key=lambda network: network.version))
        return [str(network) for family in families for network in collapse_addresses(family)]  # type: ignore[type-var]
    return sorted({f"*{name}" if name.startswith(".") else name for name in map(str.lower, list_["list"])})


def main() -> None:
    """Pack the lists."""
    folder = Path(sys.argv[1])
    PACKED.mkdir(exist_ok=True)
    credit = CREDIT
    for name, meaning in LISTS.items():
        list_ = json.loads(gzip.decompress((folder / f"{name}.json.gz").read_bytes()))
        entries = packed(list_)
        (PACKED / f"{name}.txt.xz").write_bytes(lzma.compress("".join(f"{line}\n" for line in entries).encode()))
        credit += f"| {name} | {list_['version']} | {len(entries)} | {meaning} |\n"
    (PACKED / "CREDIT.md").write_text(credit, encoding="utf-8")


if __name__ == "__main__":
    main()
