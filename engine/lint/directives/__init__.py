"""Comments that silence a finding, and the rules about such comments."""
