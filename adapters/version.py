"""The version, in the one place that says it: the build reads it from here, and so does `promo --version`."""

VERSION = "0.1.0"
