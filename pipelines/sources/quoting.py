"""Names and texts inside SQL. Values travel as parameters; only what cannot is quoted here."""


def identifier(*names: str) -> str:
    """A quoted name, qualified where several are given: `"raw"."customers"`."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str) -> str:
    """A quoted text."""
    return "'" + text.replace("'", "''") + "'"


def literal_path(path: str) -> str:
    """A path that DuckDB takes literally: else `[1]` or `*` in a name would open other files."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)
