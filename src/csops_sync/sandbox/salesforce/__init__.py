"""A Salesforce org in memory, as strict as the real one where this product touches it."""
