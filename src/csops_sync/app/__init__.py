"""Use cases: they know ports, not vendors."""
