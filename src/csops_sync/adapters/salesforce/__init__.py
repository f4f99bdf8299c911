"""Salesforce by its REST API: the `CrmReader`, `CrmWriter` and `Clock` of one org."""
