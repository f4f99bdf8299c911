"""The default rules and connections, shipped in the wheel as package data."""
