"""The sandbox's two web pages: the CRM's records with their history, and the Slack channels as people see them."""
