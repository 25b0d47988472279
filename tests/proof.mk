# Fuzzing: tests/fuzz holds the harnesses, one program each. T=name picks one.
#   CONFIG=fuzz: clang and libFuzzer; CONFIG=afl: AFL++; any other: a program that replays files

FUZZERS  = $(patsubst tests/fuzz/%.c,%,$(filter-out %/replay.c,$(wildcard tests/fuzz/*.c)))
DRIVER   = $(if $(filter fuzz afl,$(CONFIG)),-fsanitize=fuzzer)
fuzz_obj = $(filter-out %/app/main.o,$(OBJ)) $(if $(DRIVER),,$O/tests/fuzz/replay.o)

fuzzers: $(FUZZERS:%=$O/tests/fuzz/%)
$O/tests/fuzz/%: $O/tests/fuzz/%.o $(fuzz_obj) $(LIBS)
	$(LINK) $(DRIVER)
fuzz:
	tests/fuzz/run --build '$(BUILD)' --seconds '$(or $(FUZZ_SECONDS),600)' $T
fuzz-planted:
	tests/fuzz/planted/run --build '$(BUILD)' $T
fuzz-short:
	tests/fuzz/run --build '$(BUILD)' --seconds 2 $T

# Torture: octavo itself, and with calls that can be made to fail.
$O/tests/torture/octavo: WRAP += $(FAILING)
$O/tests/torture/octavo: $(OBJ) $O/tests/unit/failing.o $(LIBS)
	mkdir -p $(@D)
	$(LINK)
torture-build: all
	$(MAKE) CONFIG=asan BUILD='$(BUILD)' '$(BUILD)/asan/tests/torture/octavo'
torture: torture-build
	tests/torture/run --build '$(BUILD)'
torture-short: torture-build
	tests/torture/run --build '$(BUILD)' --points 16

# Coverage: every program gets what writes the counts of a process that leaves in a hurry.
ifeq ($(CONFIG),cover)
CFLAGS += --coverage
SIZE    = -O0
SPEED   = -O0
LINK   += --coverage
WRAP   += _exit abort
COVERED = $(FUZZERS:%=$O/tests/fuzz/%) $O/tests/tls/judge $O/tests/torture/octavo
$O/octavo.debug $(TESTS) $(COVERED): $O/tests/coverage/exit.o
endif
coverage:
	$(MAKE) CONFIG=cover BUILD='$(BUILD)' all covered
	tests/coverage/run --build '$(BUILD)'
covered: $(COVERED)

.PHONY: coverage covered fuzzers fuzz fuzz-planted fuzz-short torture torture-build torture-short
-include $(FUZZERS:%=$O/tests/fuzz/%.d)
