"""The policies that promo ships: example workspaces and a library, each a template of `promo init`."""
