#!/bin/bash -eu
# One build for both: what the project has cannot differ from what OSS-Fuzz has.
exec "$SRC/rebuttal/.clusterfuzzlite/build.sh"
