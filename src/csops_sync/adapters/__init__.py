"""One package a vendor; they never import one another."""
