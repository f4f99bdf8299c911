"""Orgs full of open renewals, described to the sandbox in a file of its own kind."""

from pathlib import Path

MANAGERS, CSMS = 3, 30
HEAD = "head@csops.example"


def manager(number: int) -> str:
    """This function will give the e-mail of a manager, 1 to `MANAGERS`."""
    return f"manager{number}@csops.example"


def csm(number: int) -> str:
    """This function will give the e-mail of a CSM, 1 to `CSMS`."""
    return f"csm{number}@csops.example"


def manager_of(number: int) -> str:
    """This function will give the e-mail of the manager above a CSM."""
    return manager(number % MANAGERS + 1)


def write_renewals(file: Path, *, count: int) -> Path:
    """This function will write an org of `count` customers, each with one contract and its open renewal, rated B.

    CSMs have them in turn, three managers the CSMs, and one head the managers. Contracts run from 2025-07-01 for a
    year at 1,200,000 yen.
    """
    users = [f"- {{name: 部長 一, email: {HEAD}}}"]
    users += [
        f"- {{name: 課長 {one}, email: {manager(one)}, manager: 部長 一}}" for one in range(1, MANAGERS + 1)
    ]
    users += [
        f"- {{name: 担当 {one}, email: {csm(one)}, manager: {manager_of(one)}}}" for one in range(1, CSMS + 1)
    ]
    renewal = (
        "{amount: 1200000, start: 2025-07-01, months: 12, sold: false, opportunities: [{confidence: B}]}"
    )
    accounts = [
        f"- {{name: 顧客{number:05d}, csm: {csm(number % CSMS + 1)}, contracts: [{renewal}]}}"
        for number in range(count)
    ]
    file.write_text("\n".join(["users:", *users, "accounts:", *accounts, ""]), "utf-8")
    return file
