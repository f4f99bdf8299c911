"""The standard and custom objects of the sandbox's org, one JSON file each; `schema.py` says what the keys mean."""
