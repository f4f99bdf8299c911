"""The composition root: the only place that names concrete adapters, and the only reader of clock and environment."""

from csops_sync.bootstrap.assembly import (
    Assembly,
    assemble,
    channels_of,
    checked,
    planning,
    reassemble,
    scratch,
)
from csops_sync.bootstrap.memory import collect_seldom
from csops_sync.bootstrap.outside import listener_of
from csops_sync.bootstrap.pictures import LateCharts, chart_script
from csops_sync.bootstrap.state import (
    Asks,
    backup_database,
    database_of,
    open_database,
    opened_state,
    schema_version,
)
from csops_sync.bootstrap.turns import take_short_turns
from csops_sync.bootstrap.wires import (
    ConfigPaths,
    Stopper,
    Transports,
    environment,
    load_configuration,
    system_now,
    system_today,
)

__all__ = [
    "Asks",
    "Assembly",
    "ConfigPaths",
    "LateCharts",
    "Stopper",
    "Transports",
    "assemble",
    "backup_database",
    "channels_of",
    "chart_script",
    "checked",
    "collect_seldom",
    "database_of",
    "environment",
    "listener_of",
    "load_configuration",
    "open_database",
    "opened_state",
    "planning",
    "reassemble",
    "schema_version",
    "scratch",
    "system_now",
    "system_today",
    "take_short_turns",
]
