"""Encoders, one format a file: records in, bytes out. They open no ledger and know no clock.

A unit offers ``write(export: Export) -> bytes``. The same ``Export`` gives the same bytes. What an export may hold was
decided before, in ``access``; a unit leaves out what its format has no place for, and says so.
"""

from tocsin.formats._export import Export, c2_peers, endpoint, findings_of, rfc3339

__all__ = ["Export", "c2_peers", "endpoint", "findings_of", "rfc3339"]
