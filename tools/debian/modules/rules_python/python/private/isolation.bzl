"""Interpreter arguments: the launcher is isolated already, so there is one it can be asked for."""

def check_interpreter_args(name, interpreter_args):
    """Fails for an argument that the launcher can't honour.

    Args:
      name: the target's name.
      interpreter_args: what the target asks for.
    """
    unknown = [argument for argument in interpreter_args if argument != "-I"]
    if unknown:
        fail("//{}:{} sets interpreter_args {}, and the Debian line offers only \"-I\". Fix: leave them out.".format(
            native.package_name(),
            name,
            unknown,
        ))
