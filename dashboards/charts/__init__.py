"""Drawings: numbers in, coordinates out; templates/components/ turns these into SVG."""
