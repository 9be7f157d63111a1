"""Sizes: what is longer than this is missing a name."""

import ast
from collections.abc import Mapping

Texts = Mapping[str, str]

SQL_LINES = 120
YAML_LINES = 120
MODULE_LINES = 250
WRAPPER_LINES = 20
BODY_LINES = 25
WRAPPERS = "models/marts/"


def too_long(files: Texts, limit: int) -> list[str]:
    """The files with more lines than the limit."""
    lengths = {path: len(text.splitlines()) for path, text in files.items()}
    return [f"{path}: {lines} > {limit}" for path, lines in lengths.items() if lines > limit]


def long_bodies(files: Texts, limit: int) -> list[str]:
    """The functions whose body has more lines than the limit; a docstring does not count."""
    found = []
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _body_lines(node)
                if lines > limit:
                    found.append(f"{path}:{node.lineno} {node.name}: {lines} > {limit}")
    return found


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body if ast.get_docstring(node) is None else node.body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_sql_model_is_too_long(sql_models: Texts) -> None:
    offences = too_long(sql_models, SQL_LINES)
    assert not offences, "\n".join(offences)


def test_no_yaml_file_is_too_long(yaml_files: Texts) -> None:
    offences = too_long(yaml_files, YAML_LINES)
    assert not offences, "\n".join(offences)


def test_no_python_module_is_too_long(python_files: Texts) -> None:
    offences = too_long(python_files, MODULE_LINES)
    assert not offences, "\n".join(offences)


def test_a_mart_is_a_wrapper_of_a_few_lines(python_files: Texts) -> None:
    wrappers = {path: text for path, text in python_files.items() if path.startswith(WRAPPERS)}
    offences = too_long(wrappers, WRAPPER_LINES)
    assert not offences, "\n".join(offences)


def test_no_function_body_is_too_long(python_files: Texts) -> None:
    offences = long_bodies(python_files, BODY_LINES)
    assert not offences, "\n".join(offences)


def test_lines_are_counted_without_the_docstring() -> None:
    short = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n    return a\n'
    assert long_bodies({"m.py": short}, 2) == []
    assert long_bodies({"m.py": short}, 1) == ["m.py:1 f: 2 > 1"]
    assert too_long({"m.sql": "a\nb\nc\n"}, 2) == ["m.sql: 3 > 2"]
