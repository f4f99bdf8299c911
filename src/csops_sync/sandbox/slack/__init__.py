"""A Slack on loopback: the Web API methods that the product uses, as strict as the real one or stricter."""
