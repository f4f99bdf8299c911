"""YAML to rules, mapping and settings; every fault with its file, line and column."""
