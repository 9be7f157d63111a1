"""Reading and checking a mapping file; every error names its line and what to do about it."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import yaml

from pipelines.errors import UsageError
from pipelines.sources.mapping import ColumnMapping, Value
from pipelines.sources.mapping_checks import SHAPE, faults, texts_of

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.sources.feeds import Column, Feed

SUFFIX = ".mapping.yml"
HASH_CHARACTERS = 8
Pairs = list[tuple[yaml.ScalarNode, yaml.Node]]


@dataclass
class _Findings:
    """What is wrong with a mapping: line, message and remedy each."""

    path: str
    found: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, node: yaml.Node, message: str, remedy: str) -> None:
        self.found.append((node.start_mark.line + 1, message, remedy))

    def raise_if_any(self) -> None:
        if self.found:
            places = [f"{self.path}:{line}: {text} ({what})" for line, text, what in self.found]
            raise UsageError(
                "a mapping says where each canonical column comes from",
                "\n          ".join(places),
                "correct these lines; `unitecon inspect FILE` shows how a file is then read",
            )


@dataclass
class _Sections:
    """The parts of a mapping as they stand in the file: names and what is said of each."""

    columns: Pairs = field(default_factory=list)
    defaults: Pairs = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def read_mapping(path: Path, name: str, feed: Feed) -> ColumnMapping:
    """The mapping in a file, `name` being its path below the landing.

    Errors: UsageError with every broken line, what is wrong with it and its remedy.
    """
    content = path.read_bytes()
    findings = _Findings(str(path))
    root = _root(content, path)
    sections = _sections(root, findings)
    values = {k.value: _value(k, node, feed, findings) for k, node in sections.columns}
    defaults = {k.value: _default(k, node, feed, findings) for k, node in sections.defaults}
    _check_columns(root, sections, feed, findings)
    findings.raise_if_any()
    digest = hashlib.sha256(content).hexdigest()[:HASH_CHARACTERS]
    return ColumnMapping(f"{name} {digest}", feed.name, values, sections.ignored, defaults)


def _check_columns(root: yaml.Node, sections: _Sections, feed: Feed, findings: _Findings) -> None:
    mapped = [key.value for key, _ in sections.columns]
    for key, _ in sections.columns:
        if mapped.count(key.value) > 1:
            findings.add(key, f"{key.value} is mapped twice", "keep one of the two lines")
    given = {*mapped, *(key.value for key, _ in sections.defaults)}
    for column in feed.columns:
        if mapped and column.required and column.name not in given:
            text = f"{column.name} is required and not mapped"
            findings.add(root, text, f"add a line for it; it is: {column.description}")


def _root(content: bytes, path: Path) -> yaml.MappingNode:
    try:
        root = yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader)
    except (yaml.MarkedYAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise UsageError(
            "a mapping is YAML in UTF-8", f"{path}:{line}: {error}", "correct the line"
        ) from error
    if not isinstance(root, yaml.MappingNode):
        raise UsageError("a mapping begins with `columns:`", f"{path}:1", SHAPE)
    return root


def _sections(root: yaml.MappingNode, findings: _Findings) -> _Sections:
    found = _Sections()
    for key, node in root.value:
        if key.value in {"columns", "defaults"} and isinstance(node, yaml.MappingNode):
            setattr(found, key.value, node.value)
        elif key.value == "ignore" and (names := texts_of(node)) is not None:
            found.ignored = names
        else:
            text = f"{key.value} is not understood here"
            findings.add(key, text, "use columns: {…}, ignore: […], defaults: {…}")
    if not found.columns and not found.defaults:
        findings.add(root, "no column is mapped", SHAPE)
    return found


def _default(key: yaml.Node, node: yaml.Node, feed: Feed, findings: _Findings) -> str:
    _column_named(key, feed, findings)
    if not isinstance(node, yaml.ScalarNode):
        findings.add(node, f"the default of {key.value} is no value", "write provider: own")
        return ""
    return str(node.value)


def _column_named(key: yaml.Node, feed: Feed, findings: _Findings) -> Column | None:
    column = next((each for each in feed.columns if each.name == key.value), None)
    if column is None:
        near = difflib.get_close_matches(key.value, [each.name for each in feed.columns], n=1)
        hint = f"did you mean {near[0]}?" if near else f"docs/inputs.md lists those of {feed.name}"
        findings.add(key, f"{feed.name} has no column {key.value}", hint)
    return column


def _value(key: yaml.Node, node: yaml.Node, feed: Feed, findings: _Findings) -> Value:
    line = node.start_mark.line + 1
    column = _column_named(key, feed, findings)
    if column is None:
        return Value(line)
    if isinstance(node, yaml.ScalarNode):
        return Value(line, columns=(node.value,))
    if not isinstance(node, yaml.MappingNode):
        findings.add(node, f"{key.value} is neither a name nor {{…}}", SHAPE)
        return Value(line)
    parts = {part.value: value for part, value in node.value}
    for message, remedy in faults(parts, column):
        findings.add(node, f"{key.value}: {message}", remedy)
    return _built(line, parts)


def _built(line: int, parts: dict[str, yaml.Node]) -> Value:
    text = {name: node.value for name, node in parts.items() if isinstance(node, yaml.ScalarNode)}
    summed = texts_of(parts["sum"]) if "sum" in parts else None
    pairs = parts.get("values")
    return Value(
        line,
        columns=summed or ((text["column"],) if "column" in text else ()),
        constant=text.get("constant"),
        row=text.get("row"),
        unit=text.get("unit"),
        start=text.get("start"),
        layout=text.get("format"),
        values={k.value: v.value for k, v in pairs.value}
        if isinstance(pairs, yaml.MappingNode)
        else {},
    )
