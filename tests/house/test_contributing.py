"""The detector that CONTRIBUTING.md shows works as it stands there."""

import ast
import re
import textwrap
from pathlib import Path
from types import ModuleType

import pyarrow as pa

from scripts.reference import KINDS, PARAMETERS, parameters, sections
from tests.detect.flows import DAY, HOST, PEER
from tocsin.records import Detection, columns
from tocsin.store.engine import open_engine

GUIDE = Path(__file__).parents[2] / "CONTRIBUTING.md"


def _shown() -> tuple[str, ModuleType]:
    """The first Python of the guide, as text and as a module."""
    (block,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[:1]
    code = textwrap.dedent(block)
    module = ModuleType("scan_vertical")
    exec(compile(code, str(GUIDE), "exec"), module.__dict__)  # the guide's own text
    return ast.get_docstring(ast.parse(code)) or "", module


def test_its_docstring_keeps_the_rules() -> None:
    documentation, module = _shown()
    (kind,) = (kind for kind in KINDS if kind.page == "detectors")
    assert [heading for heading in sections(documentation) if heading != PARAMETERS] == list(kind.headings)
    assert list(parameters(documentation)) == list(module.detect.__kwdefaults__)


def test_it_finds_a_scan_and_explains_it() -> None:
    _, module = _shown()
    hour = {"sensor": "s", "host": HOST, "peer": PEER, "protocol": "tcp", "hour": DAY, "first": DAY, "last": DAY}
    rows = [hour | {"port": port, "flows": 1, "unanswered": int(port != 22)} for port in range(1, 101)]
    with open_engine() as engine:
        (row,) = engine.rows(module.detect(engine.memory(pa.Table.from_pylist(rows)))).to_pylist()
        assert engine.rows(module.detect(engine.memory(pa.Table.from_pylist(rows[:49])))).num_rows == 0
    assert {column.name for column in columns(Detection) if not column.nullable} <= row.keys()
    assert (row["ports"], row["unanswered"], row["port"]) == (100, 99, None)
    assert module.explain(HOST, row, 0) == f"{HOST} has tried 100 ports of {PEER}, nearly all in vain."
