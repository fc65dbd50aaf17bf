"""The AST of declarations: what was written; names are not resolved yet.

Spans never take part in equality, so two texts that say the same parse to equal trees.
Items keep the order they were written in.
"""

from __future__ import annotations

from dataclasses import dataclass

from grammar.quick_state import quick_state
from grammar.tree.examples import ExpectBlocked as ExpectBlocked
from grammar.tree.examples import ExpectFlow as ExpectFlow
from grammar.tree.examples import ExpectOrder as ExpectOrder
from grammar.tree.examples import ExpectSettings as ExpectSettings
from grammar.tree.examples import GivenCommit as GivenCommit
from grammar.tree.examples import GivenProduct as GivenProduct
from grammar.tree.examples import GivenTime as GivenTime
from grammar.tree.examples import Test as Test
from grammar.tree.examples import TestItem as TestItem
from grammar.tree.examples import Unset as Unset
from grammar.tree.places import ApiVersion as ApiVersion
from grammar.tree.places import Applications as Applications
from grammar.tree.places import Cluster as Cluster
from grammar.tree.places import Concurrency as Concurrency
from grammar.tree.places import Environment as Environment
from grammar.tree.places import EnvironmentItem as EnvironmentItem
from grammar.tree.places import FlowUse as FlowUse
from grammar.tree.places import Kind as Kind
from grammar.tree.places import Product as Product
from grammar.tree.places import ProductItem as ProductItem
from grammar.tree.places import Promote as Promote
from grammar.tree.places import Template as Template
from grammar.tree.places import TemplateItem as TemplateItem
from grammar.tree.places import TemplateReference as TemplateReference
from grammar.tree.places import VersionSource as VersionSource
from grammar.tree.rules import Access as Access
from grammar.tree.rules import AccessItem as AccessItem
from grammar.tree.rules import Allow as Allow
from grammar.tree.rules import Dates as Dates
from grammar.tree.rules import DayRange as DayRange
from grammar.tree.rules import Days as Days
from grammar.tree.rules import Flow as Flow
from grammar.tree.rules import FlowItem as FlowItem
from grammar.tree.rules import Freeze as Freeze
from grammar.tree.rules import FreezeItem as FreezeItem
from grammar.tree.rules import Hook as Hook
from grammar.tree.rules import Hours as Hours
from grammar.tree.rules import Policy as Policy
from grammar.tree.rules import PolicyItem as PolicyItem
from grammar.tree.rules import Require as Require
from grammar.tree.rules import RequireItem as RequireItem
from grammar.tree.rules import Step as Step
from grammar.tree.rules import Teams as Teams
from grammar.tree.rules import That as That
from grammar.tree.rules import Timeout as Timeout
from grammar.tree.rules import Trigger as Trigger
from grammar.tree.rules import Window as Window
from grammar.tree.rules import WindowItem as WindowItem
from grammar.tree.rules import Zone as Zone
from grammar.tree.shared import Annotations as Annotations
from grammar.tree.shared import ApprovalsValue as ApprovalsValue
from grammar.tree.shared import Description as Description
from grammar.tree.shared import DurationValue as DurationValue
from grammar.tree.shared import Labels as Labels
from grammar.tree.shared import Name as Name
from grammar.tree.shared import Namespace as Namespace
from grammar.tree.shared import NameValue as NameValue
from grammar.tree.shared import Pair as Pair
from grammar.tree.shared import Setting as Setting
from grammar.tree.shared import SettingValue as SettingValue
from grammar.tree.shared import StringValue as StringValue
from grammar.tree.shared import Tags as Tags
from grammar.tree.shared import When as When

Declaration = Environment | Product | Template | Policy | Flow | Require | Window | Freeze | Access | Test


@quick_state
@dataclass(frozen=True, slots=True)
class File:
    """One parsed text: its declarations in the order they were written."""

    source: str
    declarations: tuple[Declaration, ...]
