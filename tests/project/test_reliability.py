"""Every case of docs/reliability.md has a test that bears its number, and the other way round."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from fault_coverage import CASES

Texts = Mapping[str, str]
Marks = Mapping[int, set[tuple[str, str]]]

ROW = re.compile(r"^\| (\d+)\. .+ \| \[([^\]]+)\]\(\.\./([\w/.]+)\) \|$", re.MULTILINE)


def cases_of(page: str) -> list[tuple[int, str, str]]:
    """Number, file and test of every case on the page."""
    return [
        (int(n), path, "test_" + words.replace(" ", "_")) for n, words, path in ROW.findall(page)
    ]


def marks_of(files: Texts) -> Marks:
    """The tests of every case, as their marks say."""
    found: dict[int, set[tuple[str, str]]] = {}
    for path, text in files.items():
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                for case in _cases(node):
                    found.setdefault(case, set()).add((path, node.name))
    return found


def _cases(function: ast.FunctionDef) -> list[int]:
    return [
        int(ast.literal_eval(argument))
        for call in function.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.fault"
        for argument in call.args
    ]


def test_the_page_has_every_case_once(repository: Path) -> None:
    page = (repository / "docs" / "reliability.md").read_text("utf-8")
    assert [number for number, _, _ in cases_of(page)] == list(range(1, CASES + 1))


def test_every_case_names_a_test_that_bears_its_number(
    repository: Path, python_files: Texts
) -> None:
    tests = {path: text for path, text in python_files.items() if path.startswith("tests/")}
    marks = marks_of(tests)
    page = (repository / "docs" / "reliability.md").read_text("utf-8")
    missing = [case for case in cases_of(page) if case[1:] not in marks.get(case[0], set())]
    assert not missing, missing
    assert set(marks) == set(range(1, CASES + 1))


def test_a_case_without_a_test_is_found() -> None:
    assert cases_of("| 7. cut | refused | [a b](../tests/x.py) |") == [
        (7, "tests/x.py", "test_a_b")
    ]
    assert marks_of({"tests/x.py": "@pytest.mark.fault(7, 8)\ndef test_a(): ...\n"}) == {
        7: {("tests/x.py", "test_a")},
        8: {("tests/x.py", "test_a")},
    }
