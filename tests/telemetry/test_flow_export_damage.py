"""Damaged text and JSON of flow exports: never a crash, and what is given is whole."""

import gzip
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.telemetry.reading import read_file, read_pieces
from tocsin.errors import Unreadable
from tocsin.telemetry import aws_vpc, azure_flow, gcp_vpc, goflow2, nfdump, pmacct

SAMPLES = Path(__file__).parents[1] / "samples/flows"
READERS: dict[str, ModuleType] = {
    "nfacctd.json": pmacct,
    "sfacctd.json": pmacct,
    "goflow2.json": goflow2,
    "goflow2_first.json": goflow2,
    "gcp.json": gcp_vpc,
    "aws_default.log": aws_vpc,
    "aws_custom.log": aws_vpc,
    "azure_group.json": azure_flow,
    "azure_network.json": azure_flow,
    "nfdump.long": nfdump,
    "nfdump.csv": nfdump,
}
LOGS = [((SAMPLES / name).read_bytes(), reader) for name, reader in READERS.items()]
SNIPPETS = [
    b"\n",
    b"\r",
    b" ",
    b"-",
    b'"',
    b"{",
    b"}",
    b"[" * 300,
    b"\x00",
    b"\xff",
    b"1e400",
    b"-1",
    b"99999999999999999999",
    b"null",
    b"[]",
]
edits = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(0, 20), st.one_of(st.binary(max_size=3), st.sampled_from(SNIPPETS))),
    min_size=1,
    max_size=6,
)


@given(log=st.sampled_from(LOGS), changes=edits, end=st.integers(0, 6000))
@settings(deadline=None, max_examples=200)
def test_edited_and_cut_logs(log: tuple[bytes, ModuleType], changes: list[tuple[int, int, bytes]], end: int) -> None:
    data, reader = log
    for at, length, new in changes:
        data = data[:at] + new + data[at + length :]
    reader.recognise(data)
    outcome = read_pieces(reader, [data[:end], data[end:]])
    outcome.table.validate(full=True)
    assert all(reject.text.isprintable() and reject.reason.isprintable() for reject in outcome.rejects)


@given(data=st.binary(max_size=300), reader=st.sampled_from(list(READERS.values())))
@settings(deadline=None)
def test_random_bytes(data: bytes, reader: ModuleType) -> None:
    reader.recognise(data)
    read_pieces(reader, [data])


@pytest.mark.parametrize("name", READERS)
def test_each_sample_is_known_by_its_own_reader_alone(name: str) -> None:
    head = (SAMPLES / name).read_bytes()
    assert {reader for reader in READERS.values() if reader.recognise(head)} == {READERS[name]}


@pytest.mark.parametrize("name", READERS)
def test_a_packed_log_of_which_the_end_is_missing(name: str) -> None:
    packed = gzip.compress((SAMPLES / name).read_bytes(), mtime=0)
    whole, part = read_file(READERS[name], packed), read_file(READERS[name], packed[:-9])
    assert (part.rows, part.cut_off) == (whole.rows, True)
    with pytest.raises(Unreadable):
        read_file(READERS[name], packed[:20] + b"\xff\xff\xff" + packed[23:])
