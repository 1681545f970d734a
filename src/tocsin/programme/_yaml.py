"""YAML that strangers wrote, read within bounds: every value is text, and each knows the line it stands on.

Neither tags nor aliases mean anything here, so that a file can neither make objects nor grow when it is read.
"""

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn

import yaml

from tocsin.errors import Unreadable

SIZE_MAX = 5_000_000  # bytes
DEPTH_MAX = 8  # levels; a road map has four
EVENTS_MAX = 300_000  # keys, values, beginnings and ends: some ten thousand items
# libyaml where PyYAML has it: ten times as fast, the same events and nodes.
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# A key with nothing behind it, or YAML's ways of saying so, is the same as a key left out.
NOTHING = ("", "~", "null")

Plain = str | list["Plain"] | dict[str, "Plain"]
Place = tuple[str | int, ...]


def read_yaml(file: Path | Traversable) -> tuple[Plain, yaml.Node]:
    """What a YAML file holds, as text, lists and mappings, and the nodes that know its lines.

    Raises Unreadable for a file that is not there, too large, too deep, no YAML, or has aliases or a key twice.
    """
    text = _text(file)
    try:
        _check_events(file, text)
        node = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        refuse(
            file, error.problem_mark.line + 1 if error.problem_mark else 1, f"not YAML: {error.problem}", "correct it"
        )
    except yaml.YAMLError as error:
        refuse(file, 1, f"not YAML: {str(error).partition(chr(10))[0]}", "save it as UTF-8 text")
    if node is None:
        refuse(file, 1, "nothing in it", "write the road map or name another file")
    return _plain(file, node), node


def line_of(node: yaml.Node, place: Place) -> int:
    """The line, from 1, of what stands at ``place``, such as ``("items", 3, "due")``; else of what would hold it."""
    for step in place:
        found = _below(node, step)
        if found is None:
            break
        node = found
    return int(node.start_mark.line) + 1


def refuse(file: Path | Traversable, line: int, wrong: str, remedy: str) -> NoReturn:
    """Raise Unreadable with one line: what is wrong, where, what to do."""
    raise Unreadable(f"{wrong}: {file.name}, line {line}: {remedy}")


def _text(file: Path | Traversable) -> str:
    try:
        with file.open("rb") as stream:
            content = stream.read(SIZE_MAX + 1)
        if len(content) > SIZE_MAX:
            raise Unreadable(f"larger than {SIZE_MAX // 1_000_000} MB: {file.name}: split it")
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable(f"not UTF-8: {file.name}: save it as UTF-8 text") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {file}: {error.strerror}") from None


def _check_events(file: Path | Traversable, text: str) -> None:
    """The parser's events come one by one, so that bounds are checked before anything is built of them."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            refuse(file, line, f"alias *{event.anchor}", "write it out, aliases are not read")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            refuse(file, line, f"nested deeper than {DEPTH_MAX} levels", "write a flat list of items")
        if count > EVENTS_MAX:
            refuse(file, line, f"more than {EVENTS_MAX} keys and values", "split it")


def _plain(file: Path | Traversable, node: yaml.Node) -> Plain:
    if isinstance(node, yaml.SequenceNode):
        return [_plain(file, item) for item in node.value]
    if not isinstance(node, yaml.MappingNode):
        return str(node.value)
    found: dict[str, Plain] = {}
    for key, value in node.value:
        name, line = str(key.value), key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            refuse(file, line, "a key that is no word", "write 'key: value'")
        if name in found:
            refuse(file, line, f"'{name}' stands twice", "keep one of them")
        if value.value not in NOTHING:
            found[name] = _plain(file, value)
    return found


def _below(node: yaml.Node, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None
