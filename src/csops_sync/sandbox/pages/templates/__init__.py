"""Page templates and the style sheet, shipped in the wheel as package data."""
