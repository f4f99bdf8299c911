"""Days over which a term earns one amount: what revenue in force is summed from."""

from datetime import date
from typing import NamedTuple


class Stretch(NamedTuple):
    """Days, both included, over which one term earns one annual amount, in minor units of its currency.

    `rise` is by how much it lies above the stretch before it within the same term: growth outside of renewals.
    """

    key: str
    customer_id: str
    first: date
    last: date
    amount: int
    currency: str
    rise: int = 0
