"""GitHub, GitLab, Gitea and Forgejo: pull requests of promotions, statuses of commits, webhooks."""
