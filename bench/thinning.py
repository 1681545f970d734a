"""What a sensor that looks at 1 packet in so many would have recorded of flows that were seen whole."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.captures import Capture, files
from tocsin.records import Flow
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import put

SEED = 1


def thin(capture: Capture, sparse: Capture, sampling: int) -> int:
    """Put thinned flows of ``capture`` into the lake of ``sparse``; returns how many there are.

    Of each side's packets each is kept with a chance of 1 in ``sampling``; a flow of which none is kept is gone. Counts
    are scaled up again, as readers do. A side of which packets are not known has as many as its flow must have had: one
    when it sent anything. Other telemetry is left out: a sensor that samples cannot read what is in the packets.
    """
    chance = np.random.default_rng(SEED)
    with LakeWriter(sparse.workspace.lake, f"thinned-{sampling}") as writer:
        rows = 0
        for file in files(capture):
            thinned = _thinned(pq.read_table(file), sampling, chance)
            writer.write(Flow, thinned)
            rows += thinned.num_rows
        written = writer.finish(sparse.workspace.party, "TLP:AMBER", "bench")
    with sparse.ledger.write() as connection:
        put(connection, written)
    return rows


def _thinned(flows: pa.Table, sampling: int, chance: np.random.Generator) -> pa.Table:
    kept = {side: _packets(flows, side, sampling, chance) for side in ("initiator", "responder")}
    for side, counts in kept.items():
        before = _numbers(flows, f"{side}_packets", 1)
        share = counts * sampling / np.maximum(before, 1)
        sent = np.rint(_numbers(flows, f"{side}_bytes", 0) * share).astype(np.int64)
        for column, values in ((f"{side}_packets", counts * sampling), (f"{side}_bytes", sent)):
            known = flows[column].is_valid().to_numpy()
            flows = flows.set_column(
                flows.column_names.index(column), column, pa.array(np.where(known, values, 0), mask=~known)
            )
    flows = flows.set_column(flows.column_names.index("sampling"), "sampling", pa.repeat(sampling, flows.num_rows))
    return flows.filter(pa.array((kept["initiator"] + kept["responder"]) > 0))


def _packets(
    flows: pa.Table, side: str, sampling: int, chance: np.random.Generator
) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    sent = _numbers(flows, f"{side}_bytes", 1 if side == "initiator" else 0) > 0
    packets = np.where(flows[f"{side}_packets"].is_valid().to_numpy(), _numbers(flows, f"{side}_packets", 0), sent)
    return chance.binomial(packets.astype(np.int64), 1 / sampling)


def _numbers(flows: pa.Table, column: str, unknown: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return flows[column].fill_null(pa.scalar(unknown, pa.int64())).to_numpy().astype(np.int64)
