"""Serving the page on this machine until it is stopped."""

import errno
import socket
import sys
from contextlib import suppress

import uvicorn

from tocsin.errors import WrongUse
from tocsin.web._app import HOSTS, app
from tocsin.workspace import Workspace


def serve(workspace: Workspace, *, host: str = HOSTS[0], port: int = 8000) -> None:
    """Serve the page until interrupted; only to this machine.

    Raises WrongUse for an address of another machine or network, and when the port is taken.
    """
    if host not in HOSTS:
        raise WrongUse(f"not an address of this machine: {host}: the page has no log-in; use {HOSTS[0]}")
    web = app(workspace)
    with _listening(host, port) as listener:
        sys.stderr.write(f"The page is at http://{host}:{listener.getsockname()[1]}/   Ctrl-C stops it\n")
        server = uvicorn.Server(uvicorn.Config(web, log_level="warning", server_header=False))
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        reason = "it is taken" if getattr(error, "errno", None) == errno.EADDRINUSE else str(error)
        raise WrongUse(f"port {port} cannot be used: {host}: {reason}; choose another with --port") from None
    return listener
