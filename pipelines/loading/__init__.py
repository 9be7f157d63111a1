"""Files in the landing become rows: in raw, in quarantine, or as duplicates; none is lost."""
