"""``python -m app.demo``: what ``make run`` starts."""

import sys

from app.demo import main

sys.exit(main())
