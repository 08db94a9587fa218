"""Workers are killed in the middle of what they do; nothing is lost, nothing happens twice."""
