"""The one invoice that EN 16931 defines, read alike from either of its two XML syntaxes."""
