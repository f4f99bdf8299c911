"""A Salesforce and a Slack on loopback, for the demo, rehearsals and tests."""
