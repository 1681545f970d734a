"""The page: the status report and its figures, served on this machine to the operator party."""

from tocsin.web._app import app
from tocsin.web._serve import serve

__all__ = ["app", "serve"]
