"""A test that is a program of its own."""

assert __name__ == "__main__"
