"""The only room that knows SpiffWorkflow: no database, no network, no clock of its own."""
