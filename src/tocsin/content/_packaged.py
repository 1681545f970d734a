"""Packaged files, wherever the installation put them."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from tocsin.errors import WrongUse


def packaged(name: str) -> Traversable:
    """A packaged file or folder, such as ``roadmap-2018.yaml``. Raises WrongUse when there is none of that name."""
    found = files("tocsin.content").joinpath(name)
    if not (found.is_file() or found.is_dir()):
        raise WrongUse(f"no such packaged file: {name}: the installation is incomplete, install Tocsin again")
    return found
