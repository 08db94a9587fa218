"""``python -m app.cli``: the same as ``motcua``."""

import sys

from app.cli import main

sys.exit(main())
