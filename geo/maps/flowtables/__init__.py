"""A user's table of flows between places → rows with every fault → lines by period → a scene."""
