"""Readers that turn the files of a feed into its canonical rows."""
