"""The English texts."""

from csops_sync.adapters.slack.catalogue import Catalogue

ENGLISH = Catalogue(
    locale="en",
    date_pattern="d MMM y",
    address="{mention}: ",
    address_group="{mention}: ",
    joiner=", ",
    reason_joiner=" · ",
    not_found_standin="{person} could not be found in Slack, so this comes to you in their place.",
    not_found="{person} could not be found in Slack, so they were not mentioned.",
    absent_standin="{person} is not in this channel, so this comes to you in their place.",
    absent="{person} is not in this channel, so they were not notified.",
    not_in_channel=(
        "{person} is not in {channel}, so a mention there does not notify them. "
        "Invite them to the channel, or name somebody else in slack.users."
    ),
    unreachable=(
        "{person} ({email}) could not be found in Slack and was not mentioned. "
        "Give them the same e-mail in Slack and Salesforce, or add a line for {id} to slack.users."
    ),
    no_groups=(
        "@{handle} could not be looked up among the user groups ({code}). "
        "Add usergroups:read to the Slack app, or name a person instead."
    ),
    in_days=("in 1 day", "in {n} days"),
    days_ago=("1 day ago", "{n} days ago"),
    today="today",
    with_days="{date} ({days})",
    no_amount="not on record",
    total="Together they are worth {total} a year.",
    because_ahead={
        "budget_season": "because the budget season opens on {day}",
        "budget_lock": "because the budget is open only until {day}",
        "notice": "because the notice deadline is {day}",
        "renewal": "because the renewal date is {day}",
    },
    because_past={
        "budget_season": "because the budget season opened on {day}",
        "budget_lock": "because the budget closed on {day}",
        "notice": "because the notice deadline was {day}",
        "renewal": "because the renewal date was {day}",
    },
    opened="{address}the renewal of {account} is ready in Salesforce. {why}",
    opened_because="It is time to talk to the customer, {because}.",
    opened_plain="It is time to talk to the customer.",
    daily=("1 renewal is ready in Salesforce. {total}", "{n} renewals are ready in Salesforce. {total}"),
    daily_person=("{people} 1 renewal", "{people} {n} renewals"),
    daily_line="• {account} · renews {date} · {amount}{because}{link}",
    daily_more=("and 1 more{people}", "and {n} more{people}"),
    daily_more_people=" ({people})",
    remarked_more="not everything could be copied there either; csops-sync explain says why.",
    terminated="{address}the contract of {account} has been terminated. {deal}",
    cancelling="{address}{account} has said that it will not renew. {deal}",
    deal_kept="The renewal opportunity is left as it is; please decide whether to close it as lost.",
    deal_not_made="No renewal opportunity was made; please see how things stand with the customer.",
    parallel=(
        "{address}the renewal of {account} has 2 opportunities. Please decide which one stays.",
        "{address}the renewal of {account} has {n} opportunities. Please decide which one stays.",
    ),
    parallel_adopt="To use the other one: `csops-sync adopt {contract} {opportunity}`",
    parallel_ours="Open the one by csops-sync",
    parallel_other="Open the other one",
    parallel_other_numbered="Open other one {n}",
    baseline="Salesforce has been read for the first time. Nothing has been created yet.",
    baseline_clear="From the next run on, renewals are opened and announced as they fall due.",
    held="There is more to change than was expected, so that part is held and nothing of it was written.",
    review_and_approve=(
        "What is overdue or held is not written until someone approves it. "
        "Look at it with `csops-sync plan`, and if it is right, approve exactly that:\n"
        "`csops-sync sync --approve {hash}`"
    ),
    operator="A note for whoever operates csops-sync.",
    renewal_date="Renewal date",
    amount="Annual amount",
    notice_deadline="Notice deadline",
    budget_last_day="Last day for the budget",
    co_termed="Renewed together with",
    open_deal="Open the opportunity",
    fact_labels={
        "accounts": "Accounts read",
        "contracts": "Contracts read",
        "opportunities": "Opportunities read",
        "renewals": "Renewals watched",
        "waiting": "Not due yet",
        "held": "Waiting for approval",
        "adoptable": "Made by people already",
        "ambiguous": "Ambiguous, to be decided",
        "too_old": "Too long overdue to open",
    },
    counted=("{n}", "{n}"),
    label_separator=": ",
)
