"""csops-sync keeps a Salesforce org's renewals honest."""

__version__ = "0.1.0"
