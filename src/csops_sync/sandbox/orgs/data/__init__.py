"""Figures of public data sets, shipped in the wheel as package data; README.md says whose they are."""
