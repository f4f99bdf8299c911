"""The small Japanese org: about thirty contracts shaped by hand, so that every case of the product is met by eye."""

from datetime import date, timedelta

from csops_sync.sandbox.orgs.book import Book, Customer, Paper
from csops_sync.sandbox.orgs.dates import (
    DAY,
    IsBusinessDay,
    add_months,
    end_for,
    japanese_business_days,
    next_business_day,
)
from csops_sync.sandbox.orgs.deals import Course, Deal, Language, Renewing
from csops_sync.sandbox.orgs.people import japanese_staff
from csops_sync.sandbox.orgs.setup import JAPANESE_STAGES, japanese_organization, record_types, stage_rows
from csops_sync.sandbox.seed import OrgSeed

JAPANESE = Language(
    stages=JAPANESE_STAGES,
    origin_name="{customer} 新規 {start}",
    amendment_name="{customer} 契約変更 {start}",
    renewal_name="{customer} {month} 更新",
    next_step="見積を送付",
)
CHANNELS = ("general", "renewals", "renewals-risk", "csops-ops")


def small_org(*, today: date) -> OrgSeed:
    """This function will build the small org so that it is lively on `today`, a date in Tokyo."""
    staff = japanese_staff(csms=4, managers=2)
    book = Book(staff=staff, language=JAPANESE, today=today)
    is_business_day = japanese_business_days(today.year, today.year + 1)
    _overdue(book, today)
    _due_next(book, next_business_day(today, is_business_day))
    _coming(book, today, is_business_day)
    _taken_care_of(book, today)
    _over(book, today)
    _enterprise(book, today)
    return OrgSeed(
        organization=japanese_organization("株式会社シーエス・サンドボックス"),
        records={
            "User": staff.users(),
            "RecordType": record_types(renewal="更新", new_business="新規"),
            "OpportunityStage": stage_rows(JAPANESE_STAGES),
            **book.records(),
        },
        slack_channels=CHANNELS,
        slack_users=staff.slack_users(),
        slack_timezones=staff.slack_timezones(),
    )


def _overdue(book: Book, today: date) -> None:
    """Their open dates fell before today, and nobody has opened them: the baseline holds them for approval."""
    soon, later = _month_end(today, 1), _month_end(today, 2)
    book.sell(Customer(name="有限会社あおば製作所", industry="製造"), Paper(end=soon, amount=4_800_000))
    book.sell(
        Customer(name="株式会社北野システム", industry="情報通信", fiscal_year=1),
        Paper(end=soon, amount=2_400_000, notice_days=30),
    )
    book.sell(
        Customer(name="さくら印刷株式会社", industry="印刷", csm="@csm-left"),
        Paper(end=later, amount=1_200_000, notice_days=90),
    )
    book.sell(
        Customer(name="中央工業株式会社", industry="製造", tier="Starter"),
        Paper(end=end_for(today - timedelta(days=3), notice_days=60), amount=960_000),
    )


def _due_next(book: Book, opens_on: date) -> None:
    """Their open dates are the next business day after today, each by another road."""
    drugstore = Customer(name="ひかり薬局株式会社", industry="小売", fiscal_year=10)
    book.sell(drugstore, _paper(opens_on, amount=3_600_000, notice_days=60))
    book.sell(drugstore, _paper(opens_on + timedelta(days=9), amount=720_000, notice_days=60))
    book.sell(
        Customer(name="東都物流株式会社", industry="運輸"),
        _paper(opens_on, amount=5_400_000, notice_days=30, months=24),
    )
    book.sell(
        Customer(name="株式会社みずほ野フーズ", industry="食品"),
        _paper(opens_on, amount=2_880_000, notice_days=90, months=36),
    )
    book.sell(
        Customer(name="合同会社ツバメ設計", industry="建設", tier="Starter", fiscal_year=None),
        Paper(
            end=end_for(opens_on, notice_days=0),
            amount=600_000,
            auto_renews=False,
            notice_days=0,
        ),
    )
    book.sell(
        Customer(name="株式会社はるかぜ保険サービス", industry="金融"),
        _paper(opens_on, amount=8_400_000, notice_days=60),
    )
    book.sell(
        Customer(name="Kita Logistics K.K.", industry="運輸", fiscal_year=1),
        _paper(opens_on, amount=3_500_000, notice_days=60),
    )


def _coming(book: Book, today: date, is_business_day: IsBusinessDay) -> None:
    """A few for the weeks after, one of them in its third run, and one without an end."""
    days = [next_business_day(today, is_business_day)]
    for _ in range(8):
        days.append(next_business_day(days[-1], is_business_day))
    book.sell(
        Customer(name="丸十青果株式会社", industry="卸売"), _paper(days[1], amount=1_500_000, notice_days=30)
    )
    book.sell(
        Customer(name="株式会社あかつき人材", industry="サービス"),
        _paper(days[2], amount=2_160_000, notice_days=60),
    )
    rolled = add_months(end_for(days[4], notice_days=60) + DAY, -36)
    book.sell(
        Customer(name="株式会社やまびこ観光", industry="宿泊", fiscal_year=None),
        Paper(start=rolled, amount=1_080_000, renewal_months=12),
    )
    book.sell(
        Customer(name="医療法人しらかば会", industry="医療"),
        _paper(days[7], amount=4_200_000, notice_days=90, months=24),
    )
    book.sell(
        Customer(name="株式会社うみねこ水産", industry="水産", tier="Starter"),
        Paper(start=add_months(_month_start(today), -26), amount=840_000, months=None, notice_days=30),
    )


def _taken_care_of(book: Book, today: date) -> None:
    """A person was here first: an open renewal with and without its link, one won early, one lost."""
    ends = _month_end(today, 2)
    made = today - timedelta(days=21)
    linked = book.sell(Customer(name="株式会社つむぎ紡績", industry="繊維"), _by_notice(ends, 3_000_000))
    book.renew(_by_person(linked, ends, Course.PROPOSED, made_on=made, confidence="B"))
    unlinked = book.sell(Customer(name="すずらん学園", industry="教育"), _by_notice(ends, 1_800_000))
    book.renew(
        Renewing(
            deal=unlinked,
            end=ends,
            course=Course.PREPARED,
            made_on=made,
            amount=unlinked.amount,
            linked=False,
            confidence="C",
            closes_on=ends - timedelta(days=5),
        )
    )
    won = book.sell(Customer(name="株式会社こだま電設", industry="建設"), _by_notice(ends, 2_640_000))
    book.renew(_by_person(won, ends, Course.WON, made_on=made, confidence="A"))
    lost = book.sell(Customer(name="株式会社ふたば文具", industry="小売"), _by_notice(ends, 540_000))
    book.renew(_by_person(lost, ends, Course.LOST, made_on=made, confidence="E"))


def _over(book: Book, today: date) -> None:
    """Nothing may be opened here: ended, terminated, cancelling, replaced early, not signed yet."""
    book.sell(
        Customer(name="株式会社いしずえ不動産", industry="不動産"),
        Paper(end=add_months(_month_end(today, 0), -26), amount=1_320_000, auto_renews=False, notice_days=0),
    )
    book.sell(
        Customer(name="まほろば工務店株式会社", industry="建設"),
        Paper(end=_month_end(today, 1), amount=900_000, terminated_on=today - timedelta(days=20)),
    )
    book.sell(
        Customer(name="株式会社せせらぎ化学", industry="化学"),
        Paper(end=_month_end(today, 2), amount=1_680_000, cancellation_notice=today - timedelta(days=5)),
    )
    foundry = Customer(name="株式会社たたら鋳造", industry="製造")
    replaced = book.sell(foundry, Paper(end=_month_end(today, 2), amount=2_000_000, notice_days=90))
    book.sell(foundry, Paper(start=add_months(_month_start(today), -1), amount=3_200_000, replaces=replaced))
    book.sell(
        Customer(name="株式会社そよかぜ保育", industry="教育", tier="Starter"),
        Paper(start=_month_start(today), amount=480_000, status="Draft"),
    )


def _enterprise(book: Book, today: date) -> None:
    """Large customers, whose budget season decides: one just signed, one long overdue, one without a fiscal year."""
    book.sell(
        Customer(name="株式会社みなと商事", tier="Enterprise", industry="商社"),
        Paper(start=add_months(_month_start(today), -1), amount=6_000_000),
    )
    book.sell(
        Customer(name="日の丸重工業株式会社", tier="Enterprise", industry="製造"),
        Paper(end=_month_end(today, 4), amount=24_000_000, months=36, notice_days=90, renewal_months=12),
    )
    book.sell(
        Customer(name="大和川製薬株式会社", tier="Enterprise", industry="医薬", fiscal_year=None),
        Paper(end=_month_end(today, 9), amount=12_000_000, notice_days=90),
    )


def _paper(opens_on: date, *, amount: int, notice_days: int, months: int = 12) -> Paper:
    end = end_for(opens_on, notice_days=notice_days)
    return Paper(end=end, amount=amount, notice_days=notice_days, months=months)


def _by_notice(end: date, amount: int) -> Paper:
    return Paper(end=end, amount=amount, notice_days=90)


def _by_person(deal: Deal, end: date, course: Course, *, made_on: date, confidence: str) -> Renewing:
    closes_on = made_on + timedelta(days=14) if course in (Course.WON, Course.LOST) else None
    amount = deal.amount * 11 // 10 if course is Course.WON else deal.amount
    return Renewing(
        deal=deal,
        end=end,
        course=course,
        made_on=made_on,
        amount=amount,
        confidence=confidence,
        closes_on=closes_on,
    )


def _month_start(day: date) -> date:
    return day.replace(day=1)


def _month_end(day: date, months_ahead: int) -> date:
    return add_months(_month_start(day), months_ahead + 1) - DAY
