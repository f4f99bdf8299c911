"""Jobs that take their time, and what they keep: Bulk API 2.0 without its resources, which are in `bulk`."""
