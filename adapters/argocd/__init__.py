"""Applications of Argo CD: whether a commit has landed, refreshes and syncs, by REST or through Kubernetes."""
