%shebang%
# Starts a Python program in its runfiles: the interpreter in the build, import roots only from the declared deps.
# Bazel expands the percent-words; they are the interface of py_runtime's bootstrap_template.

self=$0
case $self in /*) ;; *) self=$PWD/$self ;; esac
while :; do
    if [ -d "$self.runfiles" ]; then
        runfiles=$self.runfiles
        break
    fi
    case $self in
    *.runfiles/*)
        runfiles=${self%.runfiles/*}.runfiles
        break
        ;;
    esac
    if [ ! -L "$self" ]; then
        runfiles=${RUNFILES_DIR:?"$0 has no runfiles beside it. Fix: build it with Bazel, or set RUNFILES_DIR."}
        break
    fi
    target=$(readlink "$self")
    case $target in /*) self=$target ;; *) self=${self%/*}/$target ;; esac
done

# Bazel before 8.3 leaves directories out of the runfiles of a remote action, and has them below external alone:
# https://github.com/bazelbuild/bazel/issues/11495
find_folder() {
    found=$runfiles/$1
    external=${runfiles%%/bazel-out/*}/external/$1
    # Runfiles that can't be written, in a sandbox that a test starts, do without the link.
    [ -e "$found" ] || [ ! -e "$external" ] || ln -s "$external" "$found" 2>/dev/null || found=$external
}
python=%python_binary%
find_folder "${python%/bin/*}/lib"

# A program that a measured test starts measures itself (see //tools/test_coverage/collect).
PYTHONPATH=${MONOREPO_COVERAGE_HOOK:+$MONOREPO_COVERAGE_HOOK:}$runfiles/%workspace_name%
imports='%imports%'
saved_ifs=$IFS
IFS=:
for entry in $imports; do
    find_folder "$entry"
    PYTHONPATH=$PYTHONPATH:$found
done
IFS=$saved_ifs

unset PYTHONHOME PYTHONPLATLIBDIR PYTHONSTARTUP PYTHONEXECUTABLE PYTHONUSERBASE
# What a program starts under a PYTHONPATH of its own finds these all the same, as in a venv (one_site_packages.py).
export MONOREPO_IMPORT_ROOTS="$PYTHONPATH"
export PYTHONPATH PYTHONSAFEPATH="${PYTHONSAFEPATH-1}" PYTHONNOUSERSITE=1 PYTHONDONTWRITEBYTECODE=1 RUNFILES_DIR="$runfiles"

# Upstream's own variable: arguments for the interpreter of this process alone, separated by spaces.
set -f
arguments=${RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS-}
unset RULES_PYTHON_ADDITIONAL_INTERPRETER_ARGS
# shellcheck disable=SC2086
exec "$runfiles/$python" $arguments "$runfiles/%main%" "$@"
