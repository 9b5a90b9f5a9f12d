"""Positions and events of vessels → scenes and pages: one file, or a run with its report."""
