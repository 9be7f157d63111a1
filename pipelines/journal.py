"""The structured log: one JSON line per event of a run, a file per day, for machines to read."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Journal:
    """Writes what a run did, each line with the run's id and the time in UTC."""

    folder: Path
    run_id: str

    def write(self, event: str, **fields: object) -> None:
        """Append one event. A log that cannot be written stops no run: the console tells it too."""
        moment = datetime.now(UTC)
        line = {"at": moment.isoformat(), "run_id": self.run_id, "event": event, **fields}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / f"{moment:%Y-%m-%d}.jsonl").open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line, default=str) + "\n")
        except OSError:
            return
