"""Verbs: the only way to change anything; each checks who may, then acts in one transaction."""
