"""SQLite and PostgreSQL behind the store port."""
