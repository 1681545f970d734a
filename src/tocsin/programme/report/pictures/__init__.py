"""Pictures of a report, one file a picture: what it says, and its chart in Altair's grammar."""

from tocsin.programme.report.pictures._drawing import WIDTHS, svg

__all__ = ["WIDTHS", "svg"]
