"""What people would pick instead: the floor's work in pandas, Polars and PySpark."""
