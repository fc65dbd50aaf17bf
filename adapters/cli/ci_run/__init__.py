"""One run of `promo ci check`: the checks, the job's log, the report."""
