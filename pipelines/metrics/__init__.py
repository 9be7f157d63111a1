"""The metrics of the marts: one file, one public function, one mart; arithmetic on lazy frames."""
