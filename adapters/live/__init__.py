"""How the applications of a plan stand at this moment: health, sync, and what is deployed beside what Git says."""
