"""A unit's page to take along: slides, a document, a workbook or a list, of what its reader sees."""
