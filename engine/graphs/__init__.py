"""What a workspace looks like: flows as graphs, products by environment, policies that contest settings."""

from engine.graphs.environment_map import Cell as Cell
from engine.graphs.environment_map import EnvironmentMap as EnvironmentMap
from engine.graphs.environment_map import Reach as Reach
from engine.graphs.environment_map import environment_map as environment_map
from engine.graphs.environment_map import same_rows as same_rows
from engine.graphs.flow_graph import FlowGraph as FlowGraph
from engine.graphs.flow_graph import Station as Station
from engine.graphs.flow_graph import flow_graph as flow_graph
from engine.graphs.policy_overlap import Claim as Claim
from engine.graphs.policy_overlap import Link as Link
from engine.graphs.policy_overlap import PolicyOverlap as PolicyOverlap
from engine.graphs.policy_overlap import Standing as Standing
from engine.graphs.policy_overlap import around as around
from engine.graphs.policy_overlap import policy_overlap as policy_overlap

__all__ = [
    "Cell",
    "Claim",
    "EnvironmentMap",
    "FlowGraph",
    "Link",
    "PolicyOverlap",
    "Reach",
    "Standing",
    "Station",
    "around",
    "environment_map",
    "flow_graph",
    "policy_overlap",
    "same_rows",
]
