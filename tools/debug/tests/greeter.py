"""A program to stop in a library of."""

import sys

from tools.debug.tests.greeting import price

if __name__ == "__main__":
    print(price(int(sys.argv[1])))
