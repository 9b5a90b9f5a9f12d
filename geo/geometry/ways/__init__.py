"""Ways over water: a prepared network of the world, proven edges, passages by name."""
