"""Confidence at work: changes found in the cycle, told when they have settled, answered, escalated."""
