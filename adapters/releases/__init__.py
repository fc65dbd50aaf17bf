"""What the command line and the service both do with releases: making them, asking of them, showing them."""
