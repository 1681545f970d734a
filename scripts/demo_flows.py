"""Make the demo's data file from IoT-23's scenario 34-1: the flows without their labels, compressed again.

    python scripts/demo_flows.py conn.log.labeled[.gz] [OUTPUT]

The same input gives the same bytes. In the origin, the last field of a row packs ``tunnel_parents``, ``label`` and
``detailed-label``, separated by blanks; only the first stays.
"""

import gzip
import lzma
import sys
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "src/tocsin/content/demo/iot23-34-1.conn.log.xz"
PACKED = (b"#fields", b"#types")


def without_labels(line: bytes) -> bytes:
    r"""A line of the log without its label columns; other header lines stay as they are.

    >>> without_labels(b"1545403816.962094\tCrDn63\t-   Malicious   DDoS")
    b'1545403816.962094\tCrDn63\t-'
    >>> without_labels(b"#fields\tts\ttunnel_parents   label   detailed-label")
    b'#fields\tts\ttunnel_parents'
    >>> without_labels(b"#path\tconn")
    b'#path\tconn'
    """
    if line.startswith(b"#") and not line.startswith(PACKED):
        return line
    *fields, packed = line.split(b"\t")
    return b"\t".join([*fields, packed.split()[0]])


def main(source: Path, output: Path = OUTPUT) -> None:
    """Write ``output`` from the labelled log ``source``."""
    log = source.read_bytes()
    if log.startswith(b"\x1f\x8b"):
        log = gzip.decompress(log)
    lines = [without_labels(line) for line in log.splitlines()]
    output.write_bytes(lzma.compress(b"\n".join(lines) + b"\n", preset=9 | lzma.PRESET_EXTREME))
    print(f"{output}: {sum(not line.startswith(b'#') for line in lines):,} flows")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
