"""How the Python reads: who may import what, and nothing that hides an error."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping

Texts = Mapping[str, str]

EXPECTATIONS_MODULE = "pipelines/quality/expectations.py"
ALTERNATIVES = "benchmarks/alternatives/"
FRAMES_OF_PANDAS = ("df", "fetchdf", "fetch_df", "to_pandas", "to_df")
CATCH_ALL = ("Exception", "BaseException")
SKIPS = ("skip", "skipif", "xfail")
DIRECTIVE = re.compile(r"#\s*(noqa(:\s*[A-Z0-9, ]+)?|type:\s*ignore(\[[\w, -]+\])?|fmt:\s*\w+)")
NOQA_OF_EVERYTHING = re.compile(r"#\s*noqa(?!:)")
IGNORE_OF_EVERYTHING = re.compile(r"#\s*type:\s*ignore(?!\[)")
WORD = re.compile(r"[a-z]{2,}")


def imported_by(text: str) -> Iterator[str]:
    """The dotted names a module imports, at any depth."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(files: Texts, package: str) -> list[str]:
    """The files that import a package or anything in it."""
    inside = f"{package}."
    return [
        f"{path}: imports {name}"
        for path, text in files.items()
        for name in imported_by(text)
        if f"{name}.".startswith(inside)
    ]


def calls_of(text: str) -> Iterator[ast.Call]:
    """Every call in a module."""
    return (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))


def prints(files: Texts) -> list[str]:
    """Calls of `print`."""
    return [
        f"{path}:{call.lineno} print"
        for path, text in files.items()
        for call in calls_of(text)
        if isinstance(call.func, ast.Name) and call.func.id == "print"
    ]


def pandas_frames(files: Texts) -> list[str]:
    """Calls that make a pandas frame without naming pandas."""
    return [
        f"{path}:{call.lineno} {call.func.attr}"
        for path, text in files.items()
        for call in calls_of(text)
        if isinstance(call.func, ast.Attribute) and call.func.attr in FRAMES_OF_PANDAS
    ]


def swallowed_errors(files: Texts) -> list[str]:
    """Handlers that catch everything and do not raise again."""
    return [
        f"{path}:{node.lineno} catches everything"
        for path, text in files.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _raises(node)
    ]


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(n, ast.Name) and n.id in CATCH_ALL for n in ast.walk(handler.type))


def _raises(handler: ast.ExceptHandler) -> bool:
    is_named = handler.type is not None
    return is_named and any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def comments_of(text: str) -> Iterator[tuple[int, str]]:
    """Every comment with its line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def unexplained_directives(files: Texts) -> list[str]:
    """Directives to a checker without a code or, on the same line, without a reason."""
    found = []
    for path, text in files.items():
        for line, comment in comments_of(text):
            if not DIRECTIVE.match(comment) or comment.startswith("# fmt:"):
                continue
            is_blunt = NOQA_OF_EVERYTHING.search(comment) or IGNORE_OF_EVERYTHING.search(comment)
            if is_blunt or not WORD.search(DIRECTIVE.sub("", comment)):
                found.append(f"{path}:{line} {comment}")
    return found


def unexplained_skips(files: Texts) -> list[str]:
    """Skipped tests without a reason."""
    found = []
    for path, text in files.items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                bare = [d for d in node.decorator_list if isinstance(d, ast.Attribute)]
                found += [f"{path}:{d.lineno} {d.attr}" for d in bare if d.attr in SKIPS]
        for call in calls_of(text):
            is_skip = isinstance(call.func, ast.Attribute) and call.func.attr in SKIPS
            has_reason = any(k.arg == "reason" for k in call.keywords) or len(call.args) == 1
            if is_skip and not has_reason:
                found.append(f"{path}:{call.lineno} skips without a reason")
    return found


def test_metrics_import_nothing_else_of_the_pipelines(python_files: Texts) -> None:
    metrics = {p: text for p, text in python_files.items() if p.startswith("pipelines/metrics/")}
    foreign = [o for o in imports_of(metrics, "pipelines") if " pipelines.metrics" not in o]
    assert not foreign, "\n".join(foreign)


def test_one_module_alone_imports_great_expectations(python_files: Texts) -> None:
    product = {
        path: text
        for path, text in python_files.items()
        if path.startswith("pipelines/") and path != EXPECTATIONS_MODULE
    }
    offences = imports_of(product, "great_expectations")
    assert not offences, "\n".join(offences)


def test_frames_are_never_pandas_but_in_what_we_compare_with(python_files: Texts) -> None:
    ours = {p: text for p, text in python_files.items() if not p.startswith(ALTERNATIVES)}
    offences = imports_of(ours, "pandas") + pandas_frames(ours)
    assert not offences, "\n".join(offences)


def test_nothing_is_printed_past_the_console(python_files: Texts) -> None:
    offences = prints(python_files)
    assert not offences, "\n".join(offences)


def test_no_error_is_swallowed(python_files: Texts) -> None:
    offences = swallowed_errors(python_files)
    assert not offences, "\n".join(offences)


def test_every_exception_to_a_rule_has_its_reason_on_the_line(python_files: Texts) -> None:
    offences = unexplained_directives(python_files) + unexplained_skips(python_files)
    assert not offences, "\n".join(offences)


def test_a_bad_module_is_found() -> None:
    ignore = "type: ignore"
    bad = {
        "m.py": (
            "import pandas as pd\nfrom great_expectations.core import Batch\n"
            f"x = relation.df()  # {ignore}[attr-defined]\ny = 1  # {ignore}\n"
            "z = 1  # noqa: E501\nw = 1  # noqa: E501  # a URL cannot be folded\n"
            "try:\n    print(x)\nexcept (ValueError, Exception):\n    pass\n"
            "try:\n    run()\nexcept:\n    raise\n"
            "try:\n    run()\nexcept Exception as error:\n    raise KeyError from error\n"
            "@pytest.mark.skip\ndef test_x(): ...\npytest.skip()\npytest.skip('no data')\n"
        )
    }
    assert imports_of(bad, "pandas") == ["m.py: imports pandas"]
    assert imports_of(bad, "great_expectations")
    assert pandas_frames(bad) == ["m.py:3 df"]
    assert prints(bad) == ["m.py:8 print"]
    assert swallowed_errors(bad) == ["m.py:9 catches everything", "m.py:13 catches everything"]
    assert [o.split()[0] for o in unexplained_directives(bad)] == ["m.py:3", "m.py:4", "m.py:5"]
    assert len(unexplained_skips(bad)) == 2
