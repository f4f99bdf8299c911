"""The names of the people that a report's lines are about."""

from collections.abc import Iterable
from dataclasses import replace

from csops_sync.app.forecast.frames import Frame
from csops_sync.app.forecast.mirror_names import MirrorNames
from csops_sync.app.forecast.report_values import GroupBy
from csops_sync.domain.forecast.term_state import TermState
from csops_sync.ports.store import Transaction


def with_names(tx: Transaction, frame: Frame, *, by: GroupBy, states: Iterable[TermState]) -> Frame:
    """This function will add the names of those whom terms are counted under, by CSM or manager; else nothing."""
    if by not in (GroupBy.CSM, GroupBy.MANAGER):
        return frame
    ids = {one.grouping.csm_id if by is GroupBy.CSM else one.grouping.manager_id for one in states}
    missing = [one for one in ids if one is not None and one not in frame.names]
    return replace(frame, names={**frame.names, **MirrorNames(tx.mirror).people(missing)})
