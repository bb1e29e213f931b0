"""What is held about one person: found, shown to them, and erased."""
