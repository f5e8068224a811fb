"""What the user names becomes texts and bytes: files and folders are found, read within bounds, and parsed."""
