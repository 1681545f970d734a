"""What most verbs begin with: the workspace and its ledger, opened, and closed again."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from tocsin.store.ledger import Ledger, open_ledger
from tocsin.workspace import Workspace, chosen_folder, open_workspace


@contextmanager
def session(context: typer.Context) -> Iterator[tuple[Workspace, Ledger]]:
    """The workspace that the user means, and its ledger."""
    workspace = open_workspace(chosen_folder(context.find_root().obj))
    with open_ledger(workspace.ledger) as ledger:
        yield workspace, ledger
