"""Before and after something changed, against units where it did not: what it may have done."""
