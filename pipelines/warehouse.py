"""The one place that opens the build database, so that every connection agrees on its settings."""

from pathlib import Path

import duckdb

from pipelines.settings import Settings

# The build is nobody's but ours: a later storage writes repeated texts in two thirds of the time.
BUILD_STORAGE_VERSION = "v1.4.0"
# What is published has readers: the default storage of DuckDB 2.0 shuts out 1.x, this lets them in.
PUBLISHED_STORAGE_VERSION = "v1.2.0"
# What a connection calls the build beside another database: the name of its file.
BUILD = "warehouse"
# More than a connection between two statements needs.
IN_USE = "100MB"


def database_config(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    """The configuration that all connections of one process must share, word for word."""
    return {
        "storage_compatibility_version": BUILD_STORAGE_VERSION,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": settings.database_memory_limit,
        "threads": settings.threads,
    }


def connect(settings: Settings, path: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A writing connection to the build database (or to `path`), in UTC.

    Errors: duckdb.IOException when another process holds the file.
    """
    target = path or settings.warehouse
    target.parent.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(str(target), config=database_config(settings))
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    return connection


def give_up_cached_pages(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Free the memory of pages that DuckDB keeps because they were written, all of them at once.

    Nobody is about to read them. Given up one after the other, as the memory they lie in is needed,
    they take a fifth of a large load. What is in use stays.
    """
    try:
        connection.execute(f"set memory_limit = '{IN_USE}'")
    except duckdb.OutOfMemoryException:
        # more than that is in use, and what is not was given up
        return
    finally:
        connection.execute(f"set memory_limit = '{settings.database_memory_limit}'")


def connect_reader(path: Path) -> duckdb.DuckDBPyConnection:
    """A reading connection that can reach nothing but `path`."""
    connection = duckdb.connect(str(path), read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set enable_progress_bar = false")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection
