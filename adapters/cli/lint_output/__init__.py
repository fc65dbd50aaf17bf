"""Findings in the forms that people, code hosts and review tools read."""
