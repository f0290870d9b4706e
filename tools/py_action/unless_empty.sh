#!/bin/sh
# Starts a program where one of some files holds anything; leaves its output empty where none does.
#
#   unless_empty.sh OUTPUT FILE… -- PROGRAM [ARGUMENT…]
output=$1 && shift
for file; do
  shift
  [ "$file" != -- ] || break
  [ ! -s "$file" ] || found=1
done
[ -z "${found-}" ] || exec "$@"
: >"$output"
