"""Driving the whole product with a recorded organisation, under a simulated clock."""
