import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from tocsin.errors import WrongUse
from tocsin.formats import Export
from tocsin.formats.nftables import COMMENT_BYTES, write
from tocsin.records import Peer

# A network of its own in which every address is this machine; whoever writes there disturbs nobody.
NETWORK = "ip link set lo up && ip route add local default dev lo &&"
SEND = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'hello', ('{address}', {port}))"


def in_network(commands: str, folder: Path) -> str:
    """Run commands as administrator of a network of their own; skips where that cannot be had."""
    alone = ["unshare", "--map-root-user", "--net"]
    for package, command in (("nftables", "nft"), ("iproute2", "ip"), ("util-linux", "unshare")):
        if shutil.which(command) is None:
            pytest.skip(package)
    if subprocess.run([*alone, "nft", "list", "tables"], capture_output=True).returncode:
        pytest.skip("network namespaces")
    done = subprocess.run([*alone, "sh", "-ec", commands], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def loaded(content: bytes, folder: Path, after: str = "") -> list[dict[str, Any]]:
    """What nft says is there after it has loaded the file."""
    (folder / "tocsin.nft").write_bytes(content)
    listed = in_network(f"nft -f tocsin.nft && {after} nft -j list ruleset", folder)
    found: list[dict[str, Any]] = json.loads(listed)["nftables"]
    return found


def elements(ruleset: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    (found,) = (item["set"] for item in ruleset if item.get("set", {}).get("name") == name)
    return [element["elem"] for element in found.get("elem", [])]


def dropped(ruleset: list[dict[str, Any]]) -> int:
    """Packets that the rules counted; what follows their counter is the drop."""
    rules = [item["rule"]["expr"] for item in ruleset if item.get("rule", {}).get("chain") == "c2"]
    assert all(rule[-1] == {"drop": None} for rule in rules)
    return sum(part["counter"]["packets"] for rule in rules for part in rule if "counter" in part)


def test_the_sample_is_written_as_agreed(export: Export, snapshot: SnapshotAssertion) -> None:
    assert write(export).decode() == snapshot


def test_nft_accepts_every_file(export: Export, over_ipv6: Export, without_peers: Export, tmp_path: Path) -> None:
    for number, given in enumerate((export, over_ipv6, without_peers, replace(export, subjects=False))):
        (tmp_path / f"{number}.nft").write_bytes(write(given))
    in_network("for file in *.nft; do nft -c -f $file; done", tmp_path)


def test_nft_lists_what_was_meant(export: Export, over_ipv6: Export, tmp_path: Path) -> None:
    both = replace(export, mitigations=(*export.mitigations, *over_ipv6.mitigations))
    ruleset = loaded(write(both), tmp_path)
    (four,), (six,) = elements(ruleset, "c2_ipv4"), elements(ruleset, "c2_ipv6")
    assert four["val"] == {"concat": ["185.244.25.235", "tcp", 6667]}
    assert six["val"] == {"concat": ["2001:db8::bad", "udp", 443]}
    assert four["timeout"] == timedelta(days=30).total_seconds()
    assert four["comment"].startswith("example-provider until 2019-01-21 case ")
    assert len(six["comment"]) == COMMENT_BYTES
    assert {item["table"]["name"] for item in ruleset if "table" in item} == {"tocsin"}


def test_loading_again_replaces_and_touches_nothing_else(export: Export, tmp_path: Path) -> None:
    other = replace(export.mitigations[0], target={**export.mitigations[0].target, "port": 7000})
    (tmp_path / "first.nft").write_bytes(write(export))
    (tmp_path / "second.nft").write_bytes(write(replace(export, mitigations=(other,))))
    listed = in_network(
        "nft add table inet theirs && nft -f first.nft && nft -f first.nft && nft -f second.nft && "
        "nft -j list ruleset && nft delete table inet tocsin && nft list tables",
        tmp_path,
    )
    ruleset, _, tables = listed.strip().rpartition("\n")
    assert [element["val"]["concat"][2] for element in elements(json.loads(ruleset)["nftables"], "c2_ipv4")] == [7000]
    assert tables == "table inet theirs"


@pytest.mark.parametrize(
    ("address", "port", "packets"),
    [("185.244.25.235", 6667, 1), ("185.244.25.235", 6668, 0), ("185.244.25.236", 6667, 0)],
)
def test_packets_to_the_control_server_are_dropped_and_counted(
    export: Export, tmp_path: Path, address: str, port: int, packets: int
) -> None:
    over_udp = replace(export.mitigations[0], target={**export.mitigations[0].target, "proto": "udp"})
    send = f'{sys.executable} -c "{SEND.format(address=address, port=port)}" 2> refused || true;'
    (tmp_path / "tocsin.nft").write_bytes(write(replace(export, mitigations=(over_udp,))))
    listed = in_network(f"{NETWORK} nft -f tocsin.nft && {{ {send} }} && nft -j list ruleset", tmp_path)
    assert dropped(json.loads(listed)["nftables"]) == packets
    assert ("not permitted" in (tmp_path / "refused").read_text()) == bool(packets)


def test_two_runs_and_another_order_give_the_same_bytes(export: Export, over_ipv6: Export) -> None:
    rows = (*export.mitigations, *over_ipv6.mitigations)
    assert write(replace(export, mitigations=rows)) == write(replace(export, mitigations=rows[::-1]))


def test_nobody_is_named(export: Export) -> None:
    content = write(export).decode()
    assert "185.244.25.235 . tcp . 6667" in content
    assert "192.168.1.195" not in content
    assert "198.51.100.185" not in content


def test_who_may_not_know_the_subject_does_not_get_the_case(export: Export) -> None:
    assert export.cases[0].id in write(export).decode()
    assert export.cases[0].id not in write(replace(export, subjects=False)).decode()


def test_of_two_blocks_of_one_endpoint_the_longer_stands(export: Export) -> None:
    short = export.mitigations[0]
    longer = replace(short, id="longer", case="another", until=short.until + timedelta(days=1))
    content = write(replace(export, mitigations=(longer, short))).decode()
    assert content.count("185.244.25.235 . tcp . 6667") == 1
    assert "case another" in content


def test_text_cannot_leave_its_place(over_ipv6: Export) -> None:
    lines = write(over_ipv6).decode().splitlines()
    assert not [line for line in lines if "flush" in line and not (line.startswith("#") or "comment" in line)]
    (element,) = (line for line in lines if "comment" in line)
    assert element.count('"') == 2
    assert "\\" not in element


@pytest.mark.parametrize(
    "target",
    [
        Peer(address="185.244.25.235", port=None, proto="tcp", name=None),
        Peer(address="fe80::1%eth0", port=80, proto="tcp", name=None),
        Peer(address="example.net; flush ruleset", port=80, proto="tcp", name=None),
        Peer(address="185.244.25.235", port=80, proto="icmp", name=None),
        Peer(address="185.244.25.235", port=70000, proto="tcp", name=None),
    ],
)
def test_what_cannot_be_matched_exactly_is_refused(export: Export, target: Peer) -> None:
    vague = replace(export.mitigations[0], target=dict(target))
    with pytest.raises(WrongUse, match="nftables cannot block this"):
        write(replace(export, mitigations=(vague,)))
