"""Migrations of the database schema; `csops_sync.adapters.store.schema` runs them."""
