"""The style sheet and the script of the pages, shipped in the wheel as package data."""
