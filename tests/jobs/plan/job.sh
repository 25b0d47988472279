#!/bin/sh
# Plan a change before anybody writes it, from the issue and the files it is about.
set -eu

octavo ask --effort medium -o plan.md -f src/wire/date.c -f src/wire/date.h -f tests/unit/wire/date_test.c \
	'Plan how to do what the attached issue asks: the steps, the files of each, the tests, what could go wrong. No code.' \
	<issue.md >/dev/null
