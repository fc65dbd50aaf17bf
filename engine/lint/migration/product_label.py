"""L402."""

from __future__ import annotations

from collections.abc import Iterator

from engine.lint.material import Material
from engine.lint.places import found_after
from engine.lint.rule import Category, Rule
from engine.model.argo import PRODUCT_KEY
from grammar.diagnostics import Diagnostic


class ProductLabel(Rule):
    """The older label that puts an application into a product."""

    code = "L402"
    name = "product-label"
    category = Category.MIGRATION
    summary = "An application belongs to its product by the older label instead of the annotation"
    why = "The annotation is what is read first; the label is read for the sake of older files."
    avoid = """
product shop {
  labels team = "shop"
}
# file: applications.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop-dev
  labels:
    codefresh.io/product: shop
spec:
  project: default
  source: {repoURL: "https://git.example.com/shop.git", path: dev, targetRevision: main}
  destination: {name: in-cluster, namespace: shop-dev}
"""
    prefer = """
product shop {
  labels team = "shop"
}
# file: applications.yaml
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop-dev
  annotations:
    codefresh.io/product: shop
spec:
  project: default
  source: {repoURL: "https://git.example.com/shop.git", path: dev, targetRevision: main}
  destination: {name: in-cluster, namespace: shop-dev}
"""

    def check(self, material: Material) -> Iterator[Diagnostic]:
        """Yield the applications that only the label puts into a product."""
        for application in material.workspace.applications.values():
            if PRODUCT_KEY in application.labels and PRODUCT_KEY not in application.annotations:
                yield self.found(
                    f"application `{application.name}` belongs to `{application.product}` by a label",
                    found_after(material, application.span, PRODUCT_KEY),
                    help=f"move `{PRODUCT_KEY}` from the labels to the annotations",
                )
