"""What `promo test` found, in each of its forms."""
