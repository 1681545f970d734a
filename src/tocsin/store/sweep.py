"""Files that ceased to count are removed once nobody reads them any more."""

from datetime import datetime

from tocsin.records import LakeDiscard, LakeFile
from tocsin.store.ledger import Ledger, one, read, remove, sql_table
from tocsin.store.place import place
from tocsin.workspace import Workspace

# As many in one transaction, which keeps other writers waiting.
TOGETHER = 100


def sweep(workspace: Workspace, ledger: Ledger, before: datetime) -> int:
    """Remove the files that ceased to count at ``before`` or earlier; returns how many that were.

    It is done under the ledger's write lock: a file that is read again gets the name that it had, and one that counts
    again stays. Raises Unreachable when the lake does not answer; what is left then goes the next time.
    """
    since = sql_table(LakeDiscard).c.since
    swept = 0
    while True:
        with ledger.write() as connection:
            due = read(connection, LakeDiscard, since <= before)[:TOGETHER]
            gone = [file.path for file in due if one(connection, LakeFile, path=file.path) is None]
            place(workspace.lake).remove(gone)
            for file in due:
                remove(connection, LakeDiscard, path=file.path)
        swept += len(gone)
        if len(due) < TOGETHER:
            return swept
