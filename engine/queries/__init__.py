"""Questions: plain SELECTs that answer with frozen dataclasses and never change anything."""
