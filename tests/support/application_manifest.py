"""The manifest of an application of Argo CD, as a workspace has it."""

from __future__ import annotations

_APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {product}-{environment}
  namespace: argocd
  annotations:
    codefresh.io/product: {product}
spec:
  project: default
  source:
    repoURL: {url}
    path: {path}
    targetRevision: main
  destination:
    server: https://kubernetes.default.svc
    namespace: {environment}
"""


def application_manifest(product: str, environment: str, url: str, path: str) -> str:
    """Return the manifest of a product's application in an environment, which follows `main`.

    Args:
        product: its name.
        environment: its name, and the namespace.
        url: of the repository.
        path: of the folder in it.
    """
    return _APPLICATION.format(product=product, environment=environment, url=url, path=path)
