"""The page of a shared device: someone types the code of their letter."""
