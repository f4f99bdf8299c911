"""What a person means by an id: contracts and opportunities by 15 or 18 characters, contracts by number, renewal keys.

Ids and keys are seeks. A contract number is looked for by a pass over the mirrored contracts (a few seconds at
1,000,000), because what a number is called differs from org to org.
"""

from collections.abc import Mapping
from string import ascii_uppercase

from csops_sync.app.books import read_customers, read_people
from csops_sync.app.office import Office
from csops_sync.app.refusals import RefusedError
from csops_sync.domain.book import AccountBook
from csops_sync.domain.facts import Person
from csops_sync.domain.renewal import parse_key
from csops_sync.domain.sentences import Sentence
from csops_sync.ports.crm import Role, Row
from csops_sync.ports.store import Transaction

_SHORT, _LONG = 15, 18
_CHECKSUM = f"{ascii_uppercase}012345"
_NOT_READ = Sentence(
    "find.not-read",
    "csops-sync reads every change within a minute while it runs; `csops-sync sync` reads at once",
)


def long_id(text: str) -> str:
    """This function will give the 18-character form of an id; anything else comes back as it is.

    Salesforce adds one letter for each five characters that says which of them are capitals.
    """
    if len(text) != _SHORT or not text.isalnum():
        return text
    parts = (text[start : start + 5] for start in range(0, _SHORT, 5))
    return text + "".join(
        _CHECKSUM[sum(1 << place for place, letter in enumerate(part) if letter in ascii_uppercase)]
        for part in parts
    )


def find_contract(tx: Transaction, asked: str) -> Row:
    """This function will find a contract by id or number; raises RefusedError where there is none, or several."""
    found = _by_id(tx, Role.CONTRACT, asked) or _by_number(tx, asked)
    if found is None:
        raise RefusedError(
            Sentence("find.no-contract", "there is no contract {asked}; {next}", asked=asked, next=_NOT_READ)
        )
    return found


def find_opportunity(tx: Transaction, asked: str) -> Row:
    """This function will find an opportunity by id; raises RefusedError where there is none."""
    found = _by_id(tx, Role.OPPORTUNITY, asked)
    if found is None:
        raise RefusedError(
            Sentence(
                "find.no-opportunity", "there is no opportunity {asked}; {next}", asked=asked, next=_NOT_READ
            )
        )
    return found


def find_account(tx: Transaction, asked: str) -> Row:
    """This function will find a customer by id; raises RefusedError where there is none."""
    found = _by_id(tx, Role.ACCOUNT, asked)
    if found is None:
        raise RefusedError(f"there is no account {asked}; {_NOT_READ}")
    return found


def find_person(tx: Transaction, asked: str) -> Person:
    """This function will find a user by id, name or e-mail address, active ones before those that left.

    Raises RefusedError where there is none, or several.
    """
    people, wanted = read_people(tx), asked.strip()
    if long_id(wanted) in people:
        return people[long_id(wanted)]
    named = [one for one in people.values() if wanted.casefold() in _names_of(one)]
    found = [one for one in named if one.is_active] or named
    if len(found) > 1:
        listed = tuple(sorted(f"{one.name} ({one.id})" for one in found))
        raise RefusedError(
            Sentence(
                "find.several-users",
                "several users are called {asked}: {users}; name one by id",
                asked=asked,
                users=listed,
            )
        )
    if not found:
        raise RefusedError(
            Sentence(
                "find.no-user",
                "there is no user {asked}, by id, name or e-mail address; {next}",
                asked=asked,
                next=_NOT_READ,
            )
        )
    return found[0]


def _names_of(person: Person) -> frozenset[str]:
    return frozenset(one.strip().casefold() for one in (person.name, person.email) if one)


def find_explained(tx: Transaction, asked: str) -> Row:
    """This function will find the contract that a contract, a number, an opportunity or a renewal key is about."""
    ref = parse_key(asked)
    if ref is not None:
        return find_contract(tx, ref.contract_id)
    deal, found = _by_id(tx, Role.OPPORTUNITY, asked), _by_id(tx, Role.CONTRACT, asked)
    if found is not None and (deal is None or deal.values.get("won")):
        return found  # a won opportunity that is a contract itself, whatever it renewed
    contract_id = _contract_of(tx, deal) if deal else None
    if contract_id is not None:
        return find_contract(tx, contract_id)
    if found is None and deal is not None:
        name = deal.values.get("name") or deal.id
        raise RefusedError(f"{name} ({deal.id}) is no renewal, and is linked to no contract")
    return found or find_contract(tx, asked)


def book_of(
    tx: Transaction, office: Office, contract: Row, *, people: Mapping[str, Person] | None = None
) -> AccountBook:
    """This function will read the whole customer of a contract; `people` are all users, None to have them read, too.

    Raises RefusedError where the account is gone, or one of the customer's rows makes no sense.
    """
    account_id = contract.parent_id or ""
    customers = read_customers(
        tx,
        [account_id],
        people=read_people(tx) if people is None else people,
        default_currency=office.rules.default_currency,
    )
    book = next(customers)
    if isinstance(book, AccountBook):
        return book
    if book.text:
        raise RefusedError(
            f"nothing is decided for this customer while {book.row_id} makes no sense: {book.text}"
        )
    raise RefusedError(f"contract {contract.id} has no account that csops-sync can see")


def _by_id(tx: Transaction, role: Role, asked: str) -> Row | None:
    wanted = long_id(asked.strip())
    return next(iter(tx.mirror.get(role, [wanted])), None) if len(wanted) == _LONG else None


def _by_number(tx: Transaction, asked: str) -> Row | None:
    wanted = asked.strip().lstrip("0")
    found: list[Row] = []
    after = ""
    while wanted and (rows := tx.mirror.stream(Role.CONTRACT, after_id=after)):
        found.extend(row for row in rows if str(row.values.get("number") or "").lstrip("0") == wanted)
        after = rows[-1].id
    if len(found) > 1:
        raise RefusedError(
            Sentence(
                "find.several-contracts",
                "several contracts have the number {asked}: {ids}",
                asked=asked,
                ids=tuple(row.id for row in found),
            )
        )
    return found[0] if found else None


def _contract_of(tx: Transaction, deal: Row) -> str | None:
    """Give the contract whose renewal an opportunity is, by our state, its key, or its link, in this order."""
    for renewal in tx.renewals.by_opportunity(deal.id):
        return renewal.contract_id
    ref = parse_key(str(deal.values.get("renewal_key") or ""))
    if ref is not None:
        return ref.contract_id
    link = deal.values.get("contract")
    return str(link) if link else None
