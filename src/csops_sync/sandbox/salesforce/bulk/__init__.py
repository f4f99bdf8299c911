"""Bulk API 2.0: query jobs and ingest jobs, their states, their CSV and their refusals."""
