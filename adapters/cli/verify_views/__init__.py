"""What `promo verify` found out, for people and for machines."""
