"""The report: the published marts as pages that open from disk, without a server or a network."""
