"""What a digest tells, made by hand, so that a test names only what it is about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction

from tests.fakes.landings import built, term, yen

from csops_sync.app.forecast.digest_values import DigestFacts, DueRenewal, LandingFigure, RatioFigure, Team
from csops_sync.app.forecast.overdue import with_overdue
from csops_sync.app.forecast.report_values import Basis, ForecastLine, ForecastReport, GroupBy, RenewalLine
from csops_sync.domain.forecast.bridge import Bar, Bridge, Cause, Mover
from csops_sync.domain.forecast.digest_rules import DigestRules
from csops_sync.domain.forecast.landing import land
from csops_sync.domain.forecast.periods import Window

TODAY = date(2026, 11, 16)
BEFORE = date(2026, 11, 9)
KEY = "digest/2026-W47"
RULES = DigestRules(channel="#leads")
HORIZON = Window(date(2026, 10, 1), date(2027, 12, 31))
_FORECAST = built()


def renewal(
    name: str = "株式会社みなと商事", *, key: str = "8000000000001-1", step: str = "", **changes: object
) -> DueRenewal:
    """One open renewal of ¥1,000,000 a year, rated C, due on 31 December 2026."""
    state = term(
        key=key,
        rank="C",
        start=date(2026, 1, 1),
        end=date(2026, 12, 31),
        opportunity_id="006000000000001AAA",
    )
    state = replace(state, **changes)  # type: ignore[arg-type]  # the caller names real fields
    plain = RenewalLine(
        state=state,
        landing=land(state=state, rules=_FORECAST),
        account=name,
        contract="00000001",
        csm="佐藤 美咲",
        manager="高橋 陽菜",
    )
    (line,) = with_overdue([plain], today=TODAY)
    prior, landing = state.prior, line.landing.amount
    return DueRenewal(
        line=line,
        due=state.end,
        prior=prior,
        landing=landing,
        at_risk=prior - landing if prior is not None and landing is not None else None,
        next_step=step,
    )


def team(
    renewals: Sequence[DueRenewal],
    *,
    manager: str | None = "005000000000009AAA",
    name: str | None = "高橋 陽菜",
) -> Team:
    """A manager's renewals."""
    return Team(manager_id=manager, name=name, renewals=tuple(renewals))


def moved(*movements: tuple[Cause, str, int], start: int = 82_000_000) -> Bridge:
    """A bridge of these single movements: cause, account id, amount."""
    bars = []
    for cause in Cause:
        movers = tuple(
            Mover(key=f"{account}-1", contract_id="800", account_id=account, amount=yen(amount))
            for one, account, amount in movements
            if one is cause
        )
        total = sum(one.amount.to_minor() for one in movers)
        bars.append(Bar(cause=cause, amount=yen(total), movers=movers))
    end = start + sum(amount for _, _, amount in movements)
    return Bridge(window=HORIZON, start=yen(start), end=yen(end), bars=tuple(bars))


def facts(**changes: object) -> DigestFacts:
    """A week on which the landing of the quarter rose by ¥300,000 and NRR fell by half a point."""
    line = ForecastLine(
        key="2026-Q3",
        name="FY2026 Q3",
        terms=3,
        due=yen(28_000_000),
        landing=yen(26_300_000),
        low=yen(24_000_000),
        high=yen(27_000_000),
        won=yen(0),
        lost=yen(0),
        open=yen(26_300_000),
        unjudged=0,
    )
    figure = LandingFigure(
        name="FY2026 Q3",
        due=line.due,
        landing=line.landing,
        low=line.low,
        high=line.high,
        before=yen(26_000_000),
    )
    plain = DigestFacts(
        basis=Basis(
            as_of=TODAY,
            known_at=datetime(2026, 11, 16, tzinfo=UTC),
            currency="JPY",
            profile="nrr_boundary: close",
            rules_hash="4f1c",
        ),
        before_on=BEFORE,
        weights_changed=False,
        quarter=figure,
        year=replace(figure, name="FY2026"),
        nrr=RatioFigure(now=Fraction(984, 1000), before=Fraction(989, 1000)),
        grr=RatioFigure(now=Fraction(9, 10), before=Fraction(9, 10)),
        forecast=ForecastReport(
            basis=None,  # type: ignore[arg-type]  # nobody reads it here
            window=HORIZON,
            by=GroupBy.QUARTER,
            lines=(line,),
            total=line,
            unjudged=(),
            band="80 %",
        ),
        moved=moved((Cause.RANK, "001A", -900_000), (Cause.AMOUNT, "001B", 1_200_000)),
        risks=(renewal(),),
        teams=(team([renewal()]),),
        accounts={"001A": "みなと商事", "001B": "北野システム"},
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the caller names real fields
