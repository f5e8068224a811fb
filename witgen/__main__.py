"""`python -m witgen` is `witgen`."""

import sys

from .cli import main

sys.exit(main())
