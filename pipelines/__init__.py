"""The unit economics of AI: from raw files to published metric marts."""
