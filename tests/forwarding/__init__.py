"""Components that call the host for everything they are asked, and what drives them through a generated package."""
