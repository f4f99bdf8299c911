"""Slack behind the chat port."""
