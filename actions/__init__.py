"""Following up: what units agree to do about what they saw, by when, and what came of it."""
