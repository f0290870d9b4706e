"""Names the metadata of locked distributions."""

def metadata_inputs(requirements):
    """Returns the labels of what distributions say of themselves, as `inputs` of a `findings_test`.

    Args:
      requirements: `all_requirements` of a hub.
    """
    return {label.removesuffix(":pkg") + ":dist_info": "metadata" for label in requirements}
