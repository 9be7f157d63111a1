"""DuckDB's readers as SQL: the columns of many files of one shape, typed as they are read.

Only declared columns are named, so nothing else of a file is ever parsed into a table. No reader
may pass over errors: one bad value fails the statement, and the file is then read line by line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from pipelines.sources.quoting import identifier, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.sources.format import Reading, Sample, SourceColumn

FIRST_LINE = {"csv": 2, "json": 1, "jsonl": 1, "parquet": 1}
JSON = ("json", "jsonl")
NULL_TEXTS = "['', 'NULL', 'null']"


class ReaderParameters(TypedDict, total=False):
    """Values of the statement's named parameters, beside the list of paths."""

    columns: dict[str, str]
    delimiter: str


def source_sql(sample: Sample, reading: Reading, *, numbered: bool) -> str:
    """A query for the reading's columns, with `_file_index` and, if numbered, `_line`.

    A line number is the record's place in its file: the line, where no value spans several.
    """
    scans = {"csv": _csv_sql, "json": _json_sql, "jsonl": _json_sql, "parquet": _parquet_sql}
    scan = scans[sample.container](sample)
    columns = [
        f"{_column_sql(source, sample)} as {identifier(name)}"
        for name, source in reading.columns.items()
    ]
    selected = ", ".join([*columns, "source.file_index as _file_index"])
    if not numbered:
        return f"select {selected}, cast(null as bigint) as _line from {scan} as source"
    if sample.container == "parquet":
        return f"select {selected}, source.file_row_number + 1 as _line from {scan} as source"
    first = FIRST_LINE[sample.container]
    return (
        f"select * replace (_line - min(_line) over (partition by _file_index) + {first} as _line)"
        f" from (select {selected}, row_number() over () as _line from {scan} as source)"
    )


def reader_parameters(sample: Sample, reading: Reading) -> ReaderParameters:
    """The parameters that `source_sql` leaves open, but for `paths`."""
    if sample.container == "parquet":
        return {}
    if sample.container in JSON:
        return {"columns": _tree_types(reading.columns.values())}
    wanted = {source.path: source.data_type for source in reading.columns.values()}
    columns = {name: wanted.get(name, "VARCHAR") for name in sample.columns}
    return {"columns": columns, "delimiter": sample.delimiter}


def _csv_sql(sample: Sample) -> str:
    # Position decides which value is whose, so the columns are those of the file's own header.
    return (
        "read_csv($paths, auto_detect = false, header = true, columns = $columns,"
        f" delim = $delimiter, quote = '\"', escape = '\"', nullstr = {NULL_TEXTS},"
        f" strict_mode = true, compression = {literal(sample.compression)})"
    )


def _json_sql(sample: Sample) -> str:
    layout = "newline_delimited" if sample.container == "jsonl" else "unstructured"
    return (
        f"read_json($paths, format = {literal(layout)}, columns = $columns,"
        f" compression = {literal(sample.compression)})"
    )


def _parquet_sql(_sample: Sample) -> str:
    return "read_parquet($paths)"


def _column_sql(source: SourceColumn, sample: Sample) -> str:
    if sample.container in JSON:
        return f"source.{identifier(*source.path.split('.'))}"
    if source.path not in sample.columns:
        return f"cast(null as {source.data_type})"
    if sample.container == "parquet":
        return f"cast(source.{identifier(source.path)} as {source.data_type})"
    return f"source.{identifier(source.path)}"


def _tree_types(columns: Iterable[SourceColumn]) -> dict[str, str]:
    """Types of the top-level keys; keys below become the fields of a STRUCT."""
    tree: dict[str, object] = {}
    for source in columns:
        *parents, leaf = source.path.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})  # type: ignore[assignment]  # a branch holds branches
        branch[leaf] = source.data_type
    return {name: _type_sql(branch) for name, branch in tree.items()}


def _type_sql(branch: Mapping[str, object] | object) -> str:
    if not isinstance(branch, dict):
        return str(branch)
    fields = ", ".join(f"{identifier(name)} {_type_sql(below)}" for name, below in branch.items())
    return f"STRUCT({fields})"
