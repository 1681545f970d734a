"""The command line: one verb a file. Nothing is decided here; a verb opens the workspace, calls, and prints."""

from tocsin.cli._app import application, main

__all__ = ["application", "main"]
