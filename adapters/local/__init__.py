"""What releases need without a server: workflows as processes of this machine, applications as folders of Git."""
