"""What the business says: frozen values and pure functions, standard library only."""
