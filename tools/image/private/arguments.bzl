"""Refuses what no image can be, before a rule below fails on it."""

_PROTOCOLS = ["sctp", "tcp", "udp"]

def _place_problems(package):
    if package:
        return []
    return [
        ("it lies in the root, and its folder is its name in a registry", "declare it in a folder, such as services/NAME"),
    ]

def _list_problems(attribute, value):
    if type(value) != "string":
        return []
    return [(
        '{} is the string "{}", wanted a list'.format(attribute, value),
        '{} = ["{}"]'.format(attribute, value),
    )]

def _is_port(text):
    number, slash, protocol = text.partition("/")
    return number.isdigit() and 0 < int(number) and int(number) < 65536 and (not slash or protocol in _PROTOCOLS)

def _port_problems(ports):
    if type(ports) != "list":
        return []
    return [
        ('exposed_ports has "{}", wanted a port from 1 to 65535, and a protocol if need be'.format(port), 'such as "8000/tcp"')
        for port in ports
        if not _is_port(port)
    ]

def _pair_problems(attribute, pairs):
    """Refuses what would be read as two: a line is a pair, which its first "=" parts."""
    if type(pairs) != "dict":
        return []
    return [
        ('{} has {}, wanted a name without "=" and one line'.format(attribute, repr({name: value})), "write it in one line")
        for name, value in pairs.items()
        if not name or "=" in name or "\n" in name + value
    ]

def check_arguments(package, name, cmd, env, exposed_ports, labels, _fail = fail):
    """Fails, with all that is wrong, for arguments of `py_image` that make no image.

    Args:
      package: the image's package.
      name: as `py_image` takes it, and so the others.
      cmd: a list; what is a `select` is let through, here and below.
      env: a dict.
      exposed_ports: a list.
      labels: a dict.
      _fail: `fail`, but in tests.
    """
    problems = _place_problems(package) + _list_problems("cmd", cmd) + _list_problems("exposed_ports", exposed_ports)
    problems += _port_problems(exposed_ports)
    problems += _pair_problems("env", env) + _pair_problems("labels", labels)
    if problems:
        label = "//{}:{}".format(package, name)
        _fail("\n" + "\n".join([
            "{} can be no image: {}.\nFix: {}.".format(label, problem, fix)
            for problem, fix in problems
        ]))
