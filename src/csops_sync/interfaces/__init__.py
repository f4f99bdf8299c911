"""Command line and web: they translate and decide nothing."""
