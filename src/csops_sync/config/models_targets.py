"""Targets in `rules.yaml`, under `forecast: targets:`, and a row of the file that `forecast: targets_file:` names."""

import re
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator

from csops_sync.config.expressions import SegmentName
from csops_sync.config.models_metrics import Currency
from csops_sync.config.section import Money, Section, Share, Text

_FILE = re.compile(r"[^/\\:\0]{1,120}\.csv", re.IGNORECASE)
_WHOSE = ("segment", "csm", "manager")
_MOST_NRR = 10


def _amount(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError("a target is zero or more")
    return value


def _retained(value: Decimal) -> Decimal:
    if not 0 <= value <= _MOST_NRR:
        raise ValueError(f"must lie between 0 % and {_MOST_NRR * 100} %")
    return value


def _capped(value: Decimal) -> Decimal:
    if not 0 <= value <= 1:
        raise ValueError("must lie between 0 % and 100 %: gross retention never exceeds what was there")
    return value


def _file(value: str) -> str:
    if _FILE.fullmatch(value) is None:
        raise ValueError(
            f"{value!r} is no name of a .csv file; put the file beside rules.yaml and write its name"
        )
    return value


FileName = Annotated[Text, AfterValidator(_file)]


class TargetSection(Section):
    """What was planned for one period, for everybody or for one segment, CSM or manager."""

    period: Text
    """A fiscal year (FY2026), its half (2026-H1), its quarter (FY2026 Q1), or a month (2026-04)."""
    segment: SegmentName | None = None
    """For customers of a segment."""
    csm: Text | None = None
    """For what a CSM looks after: their Salesforce user id, e-mail address or name."""
    manager: Text | None = None
    """For what the CSMs of a manager look after: the manager's Salesforce user id, e-mail address or name."""
    landing: Annotated[Money, AfterValidator(_amount)] | None = None
    """The amount that is to land, annual and recurring."""
    nrr: Annotated[Share, AfterValidator(_retained)] | None = None
    """Net revenue retention, `105 %`."""
    grr: Annotated[Share, AfterValidator(_capped)] | None = None
    """Gross revenue retention, `92 %`."""
    currency: Currency | None = None
    """The currency of the amount; that of the reports if not given."""

    @model_validator(mode="after")
    def _for_one(self) -> Self:
        named = [name for name in _WHOSE if getattr(self, name) is not None]
        if len(named) > 1:
            raise ValueError(f"is for {' and '.join(named)} at once; give each a target of its own")
        return self

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if self.landing is None and self.nrr is None and self.grr is None:
            raise ValueError("is a target of nothing; give landing, nrr or grr")
        if self.currency is not None and self.landing is None:
            raise ValueError("has a currency and no amount; give landing, or leave currency out")
        return self
