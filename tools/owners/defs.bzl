"""Says who answers for a folder."""

def unknown_owners(owners):
    """Returns those that a code host can't know.

    Args:
      owners: what a target lists.

    Returns:
      The names that are neither `@user`, nor `@organization/team`, nor an address.
    """
    return [owner for owner in owners if "@" not in owner or " " in owner or owner.endswith("@")]

def _owners_impl(ctx):
    unknown = unknown_owners(ctx.attr.owners)
    if unknown:
        fail("{} lists {}: no code host knows such an owner. Fix: write @user, @organization/team or an address.".format(
            ctx.label,
            ", ".join(unknown),
        ))

owners = rule(
    doc = "Says who answers for a folder and what is below it, up to a folder that says otherwise. That of the root is the default.",
    implementation = _owners_impl,
    attrs = {
        "owners": attr.string_list(
            allow_empty = False,
            doc = "Who is asked to review a change: `@user`, `@organization/team`, or an address that the code host knows.",
            mandatory = True,
        ),
    },
)
