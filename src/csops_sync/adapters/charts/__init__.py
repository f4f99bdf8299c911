"""Charts by Vega-Lite: altair writes the specification, vl-convert draws it, offline."""
