"""The tags that switch a check off for one target, with the reason: `no-<check>=<reason>`."""

def is_on(label, tags, check, _fail = fail):
    """Returns whether a check runs on a target; fails for a tag that gives no reason.

    Args:
      label: the target, for the message.
      tags: its tags.
      check: the check's name.
      _fail: `fail`, but in tests.

    Returns:
      False where a tag switches the check off.
    """
    switch = "no-" + check
    for tag in tags:
        name, _, reason = tag.partition("=")
        if name != switch:
            continue
        if not reason.strip():
            _fail(("//{}:{} switches {} off by the tag \"{}\" without a reason. " +
                   "Fix: tags = [\"{}=<why>\"], or take the tag out.").format(label.package, label.name, check, tag, switch))
        return False
    return True
