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

.PHONY: fuzzers fuzz fuzz-planted fuzz-short
-include $(FUZZERS:%=$O/tests/fuzz/%.d)
