"""What cases ask for: notices and mitigations that wait for a person's yes, one kind a file, and exports.

A unit offers ``act(workspace, connection) -> Outcome``: it places documents in the outbox and writes rows, sends and
blocks nothing, and says what it refused.
"""

from tocsin.respond._export import Exported, export
from tocsin.respond._run import Outcome, respond

__all__ = ["Exported", "Outcome", "export", "respond"]
