"""What the tests look at: a module with a stub, and a distribution below it."""

import h11

VERSION = h11.__version__
