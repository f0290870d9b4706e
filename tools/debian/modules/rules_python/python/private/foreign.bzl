"""Takes a folder from a repository that is fetched when an action needs it, and not before.

`bazel query` loads every branch of a select, and with it the repository that a label of the branch names: wheels of the
other architecture would be fetched by whoever asks what depends on what. A label in a string is no edge of the graph; a
transition makes it one when the target is analysed.
"""

_CHOSEN = str(Label("//python/private:chosen"))

def _choose_impl(_settings, attr):
    return {_CHOSEN: attr.target}

_choose = transition(
    implementation = _choose_impl,
    inputs = [],
    outputs = [_CHOSEN],
)

def _foreign_folder_impl(ctx):
    folder = ctx.actions.declare_directory(ctx.attr.folder)
    source = ctx.file._chosen
    ctx.actions.run(
        executable = "/usr/bin/cp",
        arguments = ["--recursive", source.path + "/.", folder.path],
        inputs = [source],
        outputs = [folder],
        mnemonic = "ForeignWheel",
        progress_message = "Copying %{input}",
    )
    return [DefaultInfo(files = depset([folder]))]

foreign_folder = rule(
    doc = "A folder of a wheel for the other architecture, in the place where the machine's own wheel has it.",
    implementation = _foreign_folder_impl,
    attrs = {
        "folder": attr.string(doc = "The folder's name.", mandatory = True),
        "target": attr.string(doc = "The target that has it, by its canonical label.", mandatory = True),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            doc = "Bazel asks for it.",
        ),
        "_chosen": attr.label(
            allow_single_file = True,
            cfg = _choose,
            default = "//python/private:chosen",
            doc = "The target, when the transition has named it.",
        ),
    },
)
