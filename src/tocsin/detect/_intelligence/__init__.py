"""Intelligence: lists of indicators are read, checked and kept, and laid before detectors as one table."""

from tocsin.detect._intelligence.lists import Imported, Options, import_lists
from tocsin.detect._intelligence.table import Intelligence, indicators, intelligence

__all__ = ["Imported", "Intelligence", "Options", "import_lists", "indicators", "intelligence"]
