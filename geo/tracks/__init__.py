"""From raw AIS positions to tracks, gaps, stops, port calls, voyages and encounters."""
