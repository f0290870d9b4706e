"""Builds a wheel of the files that its deps list."""

PyWheelInfo = provider(
    doc = "A wheel that `py_wheel` has built.",
    fields = {
        "name_file": "File: holds the name of the wheel.",
        "wheel": "File: the wheel.",
    },
)

_CONTENT_TYPES = {"md": "text/markdown", "rst": "text/x-rst"}

def _input(file):
    path = file.short_path
    if path.startswith("../"):
        path = path.split("/", 2)[2]
    return "{};{}".format(path, file.path)

def _head(ctx):
    """Returns what METADATA says before the requirements."""
    readme = ctx.file.description_file
    fields = [
        ("Metadata-Version", "2.1"),
        ("Name", ctx.attr.distribution),
        ("Author", ctx.attr.author),
        ("Author-email", ctx.attr.author_email),
        ("Home-page", ctx.attr.homepage),
        ("License", ctx.attr.license),
        ("Description-Content-Type", _CONTENT_TYPES.get(readme.extension, "text/plain") if readme else ""),
        ("Summary", ctx.attr.summary),
    ] + [
        ("Project-URL", "{}, {}".format(label, url))
        for label, url in sorted(ctx.attr.project_urls.items())
    ] + [("Classifier", classifier) for classifier in ctx.attr.classifiers] + [
        ("Requires-Python", ctx.attr.python_requires),
    ]
    return "".join(["{}: {}\n".format(name, value) for name, value in fields if value])

def _escaped(name):
    """Returns a distribution's name as the file names of wheels have it."""
    words = name.lower().replace("-", "_").replace(".", "_").split("_")
    return "_".join([word for word in words if word])

def _py_wheel_impl(ctx):
    stem = "-".join([_escaped(ctx.attr.distribution), ctx.attr.version, ctx.attr.python_tag, "none", "any"])
    wheel = ctx.actions.declare_file(stem + ".whl")
    name_file = ctx.actions.declare_file(ctx.label.name + ".name")
    head = ctx.actions.declare_file(ctx.label.name + ".metadata.txt")
    ctx.actions.write(head, _head(ctx))
    listed = ctx.actions.declare_file(ctx.label.name + "_target_wrapped_inputs.txt")
    lines = ctx.actions.args()
    lines.set_param_file_format("multiline")
    lines.add_all(depset(ctx.files.deps), map_each = _input)
    ctx.actions.write(listed, lines)

    inputs = [head, listed]
    arguments = ctx.actions.args()
    arguments.add("--out", wheel)
    arguments.add("--name_file", name_file)
    arguments.add("--version", ctx.attr.version)
    arguments.add("--metadata_file", head)
    arguments.add("--input_file_list", listed)
    arguments.add_all(ctx.attr.strip_path_prefixes, before_each = "--strip_path_prefix")
    if ctx.file.requires_file:
        inputs.append(ctx.file.requires_file)
        arguments.add("--requires", ctx.file.requires_file, format = ";%s")
    for target, extra in ctx.attr.extra_requires_files.items():
        inputs += target[DefaultInfo].files.to_list()
        arguments.add_all(target[DefaultInfo].files, before_each = "--requires", format_each = extra + ";%s")
    for target, name in ctx.attr.extra_distinfo_files.items():
        inputs += target[DefaultInfo].files.to_list()
        arguments.add_all(target[DefaultInfo].files, before_each = "--extra_distinfo_file", format_each = name + ";%s")
    if ctx.file.description_file:
        inputs.append(ctx.file.description_file)
        arguments.add("--description_file", ctx.file.description_file)
    ctx.actions.run(
        executable = ctx.executable._wheelmaker,
        arguments = [arguments],
        inputs = depset(inputs, transitive = [depset(ctx.files.deps)]),
        outputs = [wheel, name_file],
        mnemonic = "PyWheel",
        progress_message = "Building wheel %{label}",
    )
    return [
        DefaultInfo(files = depset([wheel]), runfiles = ctx.runfiles([wheel])),
        PyWheelInfo(name_file = name_file, wheel = wheel),
    ]

py_wheel = rule(
    doc = "Builds a wheel of pure Python.",
    implementation = _py_wheel_impl,
    attrs = {
        "author": attr.string(doc = "Who wrote it."),
        "author_email": attr.string(doc = "Where they are reached."),
        "classifiers": attr.string_list(doc = "What it is, in the words of the index."),
        "deps": attr.label_list(
            allow_files = True,
            doc = "What is packed: the files that these list themselves.",
        ),
        "description_file": attr.label(allow_single_file = True, doc = "The long description."),
        "distribution": attr.string(doc = "The distribution's name.", mandatory = True),
        "extra_distinfo_files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Files beside METADATA, with their names there.",
        ),
        "extra_requires_files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Files that list the requirements of extras, with the extra's name.",
        ),
        "homepage": attr.string(doc = "Its page."),
        "license": attr.string(doc = "The licence."),
        "project_urls": attr.string_dict(doc = "Its addresses, by their label."),
        "python_requires": attr.string(doc = "The versions of Python that it runs on."),
        "python_tag": attr.string(default = "py3", doc = "The Python of the wheel's file name."),
        "requires_file": attr.label(allow_single_file = True, doc = "A file that lists its requirements."),
        "strip_path_prefixes": attr.string_list(
            doc = "What is taken off the front of paths: the first that one begins with.",
        ),
        "summary": attr.string(doc = "What it is, in a line."),
        "version": attr.string(doc = "Its version.", mandatory = True),
        "_wheelmaker": attr.label(
            cfg = "exec",
            default = "//python/private:wheelmaker",
            doc = "Writes the wheel.",
            executable = True,
        ),
    },
)
