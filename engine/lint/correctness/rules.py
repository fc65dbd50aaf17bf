"""The rules of the category, by code."""

from __future__ import annotations

from engine.lint.correctness.ambiguous_priority import AmbiguousPriority
from engine.lint.correctness.calendar_test_without_time import CalendarTestWithoutTime
from engine.lint.correctness.commit_parameter_without_commit import CommitParameterWithoutCommit
from engine.lint.correctness.constant_condition import ConstantCondition
from engine.lint.correctness.contradicts_declaration import ContradictsDeclaration
from engine.lint.correctness.duplicate_selector import DuplicateSelector
from engine.lint.correctness.duplicate_window import DuplicateWindow
from engine.lint.correctness.flow_without_steps import FlowWithoutSteps
from engine.lint.correctness.glob_without_wildcard import GlobWithoutWildcard
from engine.lint.correctness.impossible_condition import ImpossibleCondition
from engine.lint.correctness.json_path_typo import JsonPathTypo
from engine.lint.correctness.missing_parameter import MissingParameter
from engine.lint.correctness.no_action import NoAction
from engine.lint.correctness.none_without_pre_action import NoneWithoutPreAction
from engine.lint.correctness.overlapping_freezes import OverlappingFreezes
from engine.lint.correctness.parameter_never_passed import ParameterNeverPassed
from engine.lint.correctness.redundant_json_path import RedundantJsonPath
from engine.lint.correctness.regex_in_pattern import RegexInPattern
from engine.lint.correctness.repeated_operand import RepeatedOperand
from engine.lint.correctness.timeout_before_soak import TimeoutBeforeSoak
from engine.lint.correctness.unknown_approver import UnknownApprover
from engine.lint.correctness.unknown_label_value import UnknownLabelValue
from engine.lint.correctness.unknown_tag import UnknownTag
from engine.lint.correctness.unknown_workflow import UnknownWorkflow
from engine.lint.correctness.unmarked_workflow import UnmarkedWorkflow
from engine.lint.correctness.unreachable_flow import UnreachableFlow
from engine.lint.correctness.unused_flow import UnusedFlow
from engine.lint.correctness.unused_window import UnusedWindow
from engine.lint.correctness.unused_workflow import UnusedWorkflow
from engine.lint.rule import Rule

RULES: tuple[type[Rule], ...] = (
    ImpossibleCondition,
    ConstantCondition,
    ContradictsDeclaration,
    DuplicateSelector,
    RepeatedOperand,
    AmbiguousPriority,
    UnknownWorkflow,
    UnmarkedWorkflow,
    MissingParameter,
    CommitParameterWithoutCommit,
    ParameterNeverPassed,
    UnusedWindow,
    UnusedFlow,
    UnusedWorkflow,
    UnknownApprover,
    GlobWithoutWildcard,
    UnknownLabelValue,
    UnknownTag,
    DuplicateWindow,
    OverlappingFreezes,
    JsonPathTypo,
    RedundantJsonPath,
    UnreachableFlow,
    NoneWithoutPreAction,
    NoAction,
    FlowWithoutSteps,
    TimeoutBeforeSoak,
    CalendarTestWithoutTime,
    RegexInPattern,
)
