"""How long the hot paths take, how much memory and how many API calls, beside a plain script in the same run."""
