"""The numbers: states of terms kept current, snapshots, and the reports that people read."""
