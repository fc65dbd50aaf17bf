"""Rules about forms that have a successor."""
