"""Entities of the model as the plain data of their manifests, or why they have none."""

from adapters.manifests.to_data.entities import Entity as Entity
from adapters.manifests.to_data.entities import data_of as data_of
from adapters.manifests.to_data.refusals import Refused as Refused

__all__ = ["Entity", "Refused", "data_of"]
