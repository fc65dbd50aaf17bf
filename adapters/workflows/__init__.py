"""Promotion workflows in Argo Workflows, by REST or through Kubernetes."""
