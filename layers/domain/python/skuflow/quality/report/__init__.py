"""What a job found, for people: as JSON, as a table, as a page."""
