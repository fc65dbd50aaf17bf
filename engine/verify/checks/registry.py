"""The checks, one module each; this tuple is their only registration."""

from engine.verify.checks.ambiguous_merge import CHECK as V101
from engine.verify.checks.dead_policy import CHECK as V202
from engine.verify.checks.dead_setting import CHECK as V201
from engine.verify.checks.flow_collision_clusters import CHECK as V802
from engine.verify.checks.flow_collision_files import CHECK as V801
from engine.verify.checks.flow_contradictory import CHECK as V602
from engine.verify.checks.flow_dead_pattern import CHECK as V603
from engine.verify.checks.flow_never_passed import CHECK as V703
from engine.verify.checks.flow_redundant_dependency import CHECK as V702
from engine.verify.checks.flow_shadowed import CHECK as V601
from engine.verify.checks.flow_unreachable import CHECK as V701
from engine.verify.checks.flow_unreviewed import CHECK as V704
from engine.verify.checks.missing_action import CHECK as V301
from engine.verify.checks.never_satisfied import CHECK as V303
from engine.verify.checks.no_further_ambiguity import CHECK as V102
from engine.verify.checks.none_without_pre_action import CHECK as V302
from engine.verify.checks.requirement import CHECK as V401
from engine.verify.checks.unsatisfiable_when import CHECK as V203

CHECKS = (
    *(V101, V102),
    *(V201, V202, V203),
    *(V301, V302, V303),
    V401,
    *(V601, V602, V603),
    *(V701, V702, V703, V704),
    *(V801, V802),
)
"""In the order they run and are reported."""
