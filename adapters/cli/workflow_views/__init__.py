"""What `promo workflow` prints: templates, runs, steps as they begin and end."""
