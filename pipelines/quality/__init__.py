"""The gates between the stages: whether what was just built is fit to build on."""
