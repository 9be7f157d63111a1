"""From the private build file to the one that everybody opens."""
