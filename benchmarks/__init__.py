"""How long the product takes, beside a script written by hand for the same result."""
