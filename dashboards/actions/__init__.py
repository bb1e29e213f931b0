"""What units agreed to do: the list, one of them, and agreeing on it."""
