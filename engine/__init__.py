"""The law of dossiers: a library that knows procedures, clocks and offices, and no web."""
