"""What compares a page with the file finds a wrong number, a lost row, a misprint, a lost unit."""

from page_tables import PageTable, differences, misprints, without_unit

SHOWN = [[("a", "a"), ("1.50", "1.5")], [("b", "b"), ("0.25", "0.25")]]
TABLE = PageTable(["model", "cost_usd"], ["", "USD"], SHOWN)
ROWS = [("a", 1.5), ("b", 0.25)]


def test_a_table_that_is_right_is_right() -> None:
    assert differences(TABLE, ROWS) == misprints(TABLE, ROWS) == without_unit(TABLE, ROWS) == []


def test_a_wrong_number_and_a_lost_row_are_found() -> None:
    assert differences(TABLE, [("a", 1.6), ("b", 0.25)]) == [
        "page only: ('a', '1.5')",
        "file only: ('a', '1.6')",
    ]
    assert differences(TABLE, ROWS[:1]) == ["page only: ('b', '0.25')"]


def test_a_misprint_is_found() -> None:
    wrong = PageTable(TABLE.columns, TABLE.units, [[("a", "a"), ("1.51", "1.5")]])
    assert misprints(wrong, ROWS[:1]) == ["cost_usd: '1.51' for 1.5"]
    share = PageTable(["model", "idle_share"], ["", "%"], [[("a", "a"), ("0.25", "0.25")]])
    assert misprints(share, [("a", 0.25)]) == ["idle_share: '0.25' for 0.25"]


def test_a_number_without_a_unit_is_found() -> None:
    silent = PageTable(TABLE.columns, ["", ""], SHOWN)
    assert without_unit(silent, ROWS) == ["cost_usd"]
    assert without_unit(PageTable([*TABLE.columns, "unit"], ["", "", ""], SHOWN), ROWS) == []
