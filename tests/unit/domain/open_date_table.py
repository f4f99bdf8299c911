"""All worked open dates in one table, for the test and for its mutants."""

from tests.unit.domain.open_date_cases_budget import PAID_FROM, REACH
from tests.unit.domain.open_date_cases_limits import CALENDARS, CEILINGS, FLOORS
from tests.unit.domain.open_date_cases_terms import NOTICE, TERMS

TABLE = (*TERMS, *NOTICE, *PAID_FROM, *REACH, *FLOORS, *CEILINGS, *CALENDARS)
