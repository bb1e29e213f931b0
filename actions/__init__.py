"""Following up: action plans, dialogue and what they did. Empty until the first of them is built."""
