#!/bin/sh
# Explain why a build failed, from the end of its log, however long that is.
set -eu

octavo ask --stdin-tail 100k --lossy -o explanation.md \
	'Why does this build fail? Name the first error and its likely cause.' <build.log >/dev/null
