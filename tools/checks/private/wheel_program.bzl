"""A program that comes in a wheel."""

def wheel_program(files, name, _fail = fail):
    """Returns a program among a distribution's data files; fails where there isn't just one.

    Args:
      files: the files of `@pip//<name>:data`.
      name: the name of the distribution and of the program.
      _fail: `fail`, but in tests.

    Returns:
      The program's File.
    """
    programs = [file for file in files if file.basename == name and file.dirname.endswith("/bin")]
    if len(programs) != 1:
        return _fail("@pip//{name}:data has {found} files bin/{name}, wanted one. Fix: pin a release of {name} that has it.".format(
            found = len(programs),
            name = name,
        ))
    return programs[0]
