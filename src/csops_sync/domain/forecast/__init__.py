"""What renewals will land at and what revenue is kept: pure functions over the states of terms (DESIGN 2.3-2.5, 5)."""
