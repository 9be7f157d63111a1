"""One run at work, as its stages share it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pipelines.console import Console, Report, StageOutcome
from pipelines.dbt_stages import DbtProject
from pipelines.journal import Journal
from pipelines.loading.listing import Listing
from pipelines.publishing.draft import HeadStart
from pipelines.settings import Settings
from pipelines.sources.feeds import Feed


@dataclass
class Night:
    """One run at work: its settings, its id, and what the stages have found so far.

    `is_new_month` where the last publication was made for another: months have become complete.
    `kept` are the stages of a failed run before that still stand if this run loads nothing.
    """

    settings: Settings
    console: Console
    run_id: str
    rebuild_all: bool
    is_new_month: bool
    feeds: dict[str, Feed]
    dbt: DbtProject
    journal: Journal
    listing: Listing
    head_start: HeadStart
    fingerprint: str = ""
    kept: frozenset[str] = frozenset()
    warnings: list[str] = field(default_factory=list)
    unchanged: bool = False

    def warn(self, sentence: str, **fields: object) -> None:
        """Tell a warning now, in the log, and at the end."""
        self.console.complain(f"warning: {sentence}")
        self.journal.write("warning", message=sentence, **fields)
        self.warnings.append(sentence)


Stage = Callable[[Night, StageOutcome, Report], None]
