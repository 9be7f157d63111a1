"""The twenty questions are answered on the demo company, by the columns the page explains."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from demo_night import Night
from documents.fenced import blocks, sections

QUESTIONS = sections("questions.md")
COLUMN = re.compile(r"`(\w+)`")
LAST_MONTH = "(select max(usage_month) from facts.dim_months where is_complete)"


@dataclass(frozen=True)
class Answer:
    """What a question returns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]

    def __getitem__(self, column: str) -> list[Any]:
        """The values of one column."""
        place = list(self.columns).index(column)
        return [row[place] for row in self.rows]


Ask = Callable[[str], Answer]


@pytest.fixture(scope="module")
def ask(demo_night: Night) -> Ask:
    """Asks the published file as a reader would, who can change nothing."""

    def answer(query: str) -> Answer:
        with duckdb.connect(str(demo_night.published_file), read_only=True) as connection:
            result = connection.execute(query)
            return Answer([column[0] for column in result.description], result.fetchall())

    return answer


@pytest.fixture(scope="module")
def answer_to(ask: Ask) -> Callable[[int], Answer]:
    """The answer to a question by its number."""
    numbered = {int(title.partition(".")[0]): text for title, text in QUESTIONS.items()}
    return lambda number: ask(blocks(numbered[number], "sql")[0])


def test_there_are_twenty_questions_in_order() -> None:
    assert [title.partition(".")[0] for title in QUESTIONS] == [str(n + 1) for n in range(20)]
    assert all(title.endswith("?") for title in QUESTIONS)


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_question_has_rows_and_the_columns_its_text_explains(ask: Ask, title: str) -> None:
    [query] = blocks(QUESTIONS[title], "sql")
    _, _, reading = QUESTIONS[title].partition("Read it: ")
    answer = ask(query)
    explained = set(COLUMN.findall(reading))
    assert explained
    assert explained <= set(answer.columns)
    assert answer.rows
    empty = [c for c in answer.columns if all(value is None for value in answer[c])]
    assert empty == []


def test_the_margin_is_that_of_all_customers_together(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    customers = ask(
        "select sum(margin_usd)::double / sum(revenue_usd) as margin_share"
        " from marts.inference_margin where scope_kind = 'customer'"
        " group by usage_month order by usage_month"
    )
    assert answer_to(1)["margin_share"] == pytest.approx(customers["margin_share"])


def test_the_bridge_explains_the_whole_change(answer_to: Callable[[int], Answer]) -> None:
    bridge = answer_to(2)
    assert bridge["explained_usd"][-1] == bridge["change_usd"][-1]


def test_the_bill_by_component_is_the_scorecards(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    bill = answer_to(6)
    names = {
        "CC": "compute_cost_usd",
        "DAC": "data_acquisition_cost_usd",
        "MMC": "maintenance_cost_usd",
    }
    for category, metric in names.items():
        pairs = zip(bill["cost_category"], bill["effective_usd"], strict=True)
        [total] = ask(
            f"select value from marts.scorecard where metric = '{metric}'"
            f" and metric_month = {LAST_MONTH}"
        )["value"]
        assert float(sum(usd for found, usd in pairs if found == category)) == pytest.approx(total)


def test_what_ties_out_is_what_the_ledger_holds(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    documents = answer_to(7)
    per_feed: dict[str, Decimal] = {}
    pairs = zip(documents["source_feed"], documents["ledger_amount"], strict=True)
    for feed, amount in pairs:
        per_feed[feed] = per_feed.get(feed, Decimal(0)) + amount
    ledger = ask("select source_feed, sum(billed_amount) as amount from facts.fct_costs group by 1")
    booked = dict(zip(ledger["source_feed"], ledger["amount"], strict=True))
    assert per_feed == {feed: booked[feed] for feed in per_feed}


def test_the_work_of_a_dollar_is_tokens_over_cost(answer_to: Callable[[int], Answer]) -> None:
    models = answer_to(8)
    pairs = zip(models["delivered_tokens"], models["cost_usd"], strict=True)
    expected = [tokens / float(cost) for tokens, cost in pairs]
    assert models["tokens_per_usd"] == pytest.approx(expected)
    assert sum(models["cost_share"]) == pytest.approx(1)


def test_idle_time_by_the_hour_is_the_idle_cost_of_the_month(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    [idle] = ask(
        "select idle_usd from marts.compute_efficiency"
        f" where model = '(all)' and usage_month = {LAST_MONTH}"
    )["idle_usd"]
    assert sum(answer_to(9)["idle_usd"]) == idle


def test_overspend_adds_up_to_its_total(ask: Ask, answer_to: Callable[[int], Answer]) -> None:
    [total] = ask(
        "select overspend_usd from marts.overspend"
        f" where line = 'total' and usage_month = {LAST_MONTH}"
    )["overspend_usd"]
    assert sum(filter(None, answer_to(10)["overspend_usd"])) == total


def test_trials_cost_what_the_margin_leaves_out(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    left_out = ask(
        "select trial_cost_usd from marts.inference_margin"
        " where scope_kind = 'product' order by usage_month"
    )
    assert answer_to(17)["trial_cost_usd"] == left_out["trial_cost_usd"]


def test_the_actual_prices_bring_the_actual_revenue(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    frameworks = answer_to(18)
    brought = dict(zip(frameworks["framework"], frameworks["revenue_usd"], strict=True))
    [revenue] = ask(
        "select sum(revenue_usd) as revenue from marts.inference_margin"
        " where scope_kind = 'product'"
    )["revenue"]
    assert brought["actual"] == revenue


def test_the_checks_of_the_night_are_all_counted(
    ask: Ask, answer_to: Callable[[int], Answer]
) -> None:
    [checks] = ask("select count(*) as checks from ops.quality_results")["checks"]
    assert sum(answer_to(20)["check_count"]) == checks
