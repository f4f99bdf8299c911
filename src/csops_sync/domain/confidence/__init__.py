"""Confidence of renewals: ranks, changes from history, settling, routing, cards, escalation. Pure."""
