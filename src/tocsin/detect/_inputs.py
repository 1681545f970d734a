"""Gives each detector the tables and summaries that its parameters name, and computes each summary once."""

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ibis.expr.types as ir

from tocsin.detect._names import names
from tocsin.store.engine import Engine
from tocsin.units import units

SUMMARIES = "tocsin.detect.summaries"


class Inputs:
    """Tables of one day, by name; summaries are computed when first asked for."""

    def __init__(self, engine: Engine, tables: dict[str, ir.Table]) -> None:
        self._engine = engine
        self._tables = dict(tables)

    def table(self, name: str) -> ir.Table:
        """The table or summary of this name."""
        if name == "name" and name not in self._tables:
            # Words are told apart in Python, so this is no expression like the summaries.
            self._tables[name] = names(self._engine, self.table("dns"), self.table("place"))
        if name not in self._tables:
            summary = units(SUMMARIES)[name].load()
            table = self.call(summary.summarise)
            # A summary that says KEPT = False is read little of, once by each that names it.
            self._tables[name] = self._engine.keep(table) if getattr(summary, "KEPT", True) else table
        return self._tables[name]

    def add(self, tables: Mapping[str, ir.Table]) -> None:
        """Take tables in the place of what would be computed by their names."""
        self._tables |= tables

    def call(self, function: Callable[..., ir.Table], sensors: Iterable[str] | None = None) -> ir.Table:
        """Call a detector or summary with what it names; with ``sensors``, only their rows."""
        tables = {name: self.table(name) for name in parameters(function)}
        if sensors is not None:
            wanted = tuple(sensors)
            tables = {k: t.filter(t.sensor.isin(wanted)) if "sensor" in t.columns else t for k, t in tables.items()}
        return function(**tables)


def parameters(function: Callable[..., Any]) -> list[str]:
    """Names of the parameters that are tables: all but the keyword-only ones, which are thresholds."""
    return [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY]


def needed(names: Iterable[str]) -> set[str]:
    """These tables and summaries, and all that they are made of."""
    found: set[str] = set()
    for name in names:
        found.add(name)
        if name in units(SUMMARIES):
            found |= needed(parameters(units(SUMMARIES)[name].load().summarise))
    return found
