# Octavo. `make` gives build/octavo, one static file; `make help` lists the rest.

VERSION = 0.1.0
COMMIT := $(or $(if $(wildcard .git),$(shell git rev-parse --short=12 HEAD)),unknown)
PREFIX  = /usr/local
BUILD   = build
OS      = linux

# A configuration is a compiler, a libc and a way to run the result. What is
# shipped is `musl` or a cross target; the others exist for the tests.
CONFIG  = $(or $(ARCH),$(if $(filter unit,$(MAKECMDGOALS)),asan,musl))
STATIC  = musl aarch64 armhf riscv64 s390x
CONFIGS = $(STATIC) asan clang msan valgrind fuzz afl cover

cross.aarch64 = aarch64-linux-gnu-
cross.armhf   = arm-linux-gnueabihf-
cross.riscv64 = riscv64-linux-gnu-
cross.s390x   = s390x-linux-gnu-
run.aarch64   = qemu-aarch64-static
run.armhf     = qemu-arm-static
run.riscv64   = qemu-riscv64-static
run.s390x     = qemu-s390x-static
run.valgrind  = valgrind -q --leak-check=full --error-exitcode=99
cc.clang      = clang
cc.msan       = clang
cc.fuzz       = clang
cc.afl        = afl-clang-fast
san.asan      = -fsanitize=address
san.clang     = -fsanitize=address
san.fuzz      = -fsanitize=address,fuzzer-no-link
san.afl       = -fsanitize=address
san.msan      = -fsanitize=memory -fsanitize-memory-track-origins

O       = $(BUILD)/$(CONFIG)
BIN     = $(if $(filter musl,$(CONFIG)),$(BUILD),$O)/octavo
CROSS   = $(cross.$(CONFIG))
CC      = $(or $(cc.$(CONFIG)),$(CROSS)gcc)
SAN     = $(san.$(CONFIG))
SIZE    = $(if $(filter $(STATIC),$(CONFIG)),-Oz,-O1)
SPEED   = $(if $(filter $(STATIC),$(CONFIG)),-O2,-O1)
LTO     = $(if $(filter $(STATIC),$(CONFIG)),-flto -flto-partition=one -fmerge-all-constants)
TUNE    = -g -fPIE -ffunction-sections -fdata-sections -ffile-prefix-map=$(CURDIR)/= \
	-fno-unwind-tables -fno-asynchronous-unwind-tables $(SAN)
WARN    = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
	-Wpointer-arith -Wundef -Wformat=2 -Wconversion -Wno-sign-conversion \
	-Wno-maybe-uninitialized $(WERROR:1=-Werror)
CFLAGS  = -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc $(TUNE) $(LTO) -fstack-protector-strong $(WARN) \
	$(if $(SAN),-fsanitize=undefined -fno-sanitize-recover=all)

SRC   = $(wildcard src/*/*.c src/*/$(OS)/*.c)
HOT   = b64 json_scan json_tokens pem sse
OBJ   = $(SRC:src/%.c=$O/obj/%.o) $O/obj/net/roots.o
TESTS = $(patsubst %.c,$O/%,$(wildcard tests/unit/*/$(or $(notdir $T),*)_test.c))

all: $(BIN)
include vendor/vendor.mk # the libraries: LIBS, UNPACKED, LIB_FLAGS, LINK

$(BIN): $O/octavo.debug
	$(CROSS)strip -R .comment -o $@ $<
$O/octavo.debug: $(OBJ) $(LIBS)
	echo link $@
	$(LINK)

# What every byte of an answer or of a CA file runs through.
$(HOT:%=$O/obj/wire/%.o): OPT = $(SPEED)
MUSL_VERSION = $(shell awk '$$1 == "musl" { print $$2 }' vendor/sources)
$O/obj/app/version.o: CFLAGS += -DOCTAVO_VERSION='"$(VERSION)"' -DOCTAVO_COMMIT='"$(COMMIT)"' \
	-DOCTAVO_LIBC='"$(if $(filter $(STATIC),$(CONFIG)),musl $(MUSL_VERSION),glibc)"'
$O/obj/app/version.o: vendor/sources
$O/obj/app/version.o: $(wildcard .git/logs/HEAD)
$O/obj/%.o: src/%.c Makefile $(UNPACKED) | $(LIBS)
	echo compile $<
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LIB_FLAGS) $(or $(OPT),$(SIZE)) -MMD -MP -c -o $@ $<
$O/obj/net/roots.o: vendor/roots/roots.awk vendor/roots/roots.txt src/net/roots.h | $(LIBS)
	mkdir -p $(@D)
	awk -f $(wordlist 1,2,$^) | $(CC) $(CFLAGS) $(LIB_FLAGS) -c -o $@ -x c -

# Unit tests: one program per room, linked with its own floor and those below. They can make
# any of these functions fail (tests/unit/failing.h).
FAILING = malloc calloc realloc strndup mmap socket socketpair connect send recv sendmsg recvmsg \
	getsockopt setsockopt poll read pread write open openat close fstat fstatvfs dup2 fcntl mlock \
	sigaction waitpid _Fork getppid getrandom opendir readdir getaddrinfo syscall stat lstat \
	readlink unlink rename link linkat fsync ftruncate lseek flock fchmod fchown
$(TESTS): WRAP += $(FAILING)
below.base  = base
below.wire  = base wire
below.codex = base wire codex
below.net   = base wire net
below.tool  = base wire tool
below.app   = base wire codex net tool app
unit_obj    = $(filter-out %/app/main.o,$(filter $(patsubst %,$O/obj/%/%,$(below.$1)),$(OBJ)))
unit: $(TESTS)
	prove --exec '$(run.$(CONFIG))' $^
unit-%:
	$(MAKE) unit CONFIG=$* BUILD='$(BUILD)' WERROR='$(WERROR)' T='$T'
$O/%.o: %.c Makefile $(UNPACKED) | $(LIBS)
	mkdir -p $(@D)
	$(CC) $(CFLAGS) -Itests/unit $(LIB_FLAGS) $(SPEED) -MMD -MP -c -o $@ $<
.SECONDEXPANSION:
$O/tests/unit/%: $O/tests/unit/%.o $O/tests/unit/failing.o $$(call unit_obj,$$(*D)) $(LIBS)
	$(LINK)
$O/tests/tls/%: $O/tests/tls/%.o $$(call unit_obj,net) $(LIBS) # a helper of tests/tls/run
	$(LINK)
include tests/proof.mk # fuzz, torture, coverage

# The parts of these that the program's own tables tell; ci/docs/fill describes how.
COMPLETIONS = src/app/completions
DOCS = src/app/octavo.1 $(addprefix $(COMPLETIONS)/,octavo.bash _octavo octavo.fish)
docs: $O/ci/docs/table
	$(run.$(CONFIG)) $< >$<.tsv
	ci/docs/fill $<.tsv $(DOCS)
$O/ci/docs/table: $O/ci/docs/table.o $(addprefix $O/obj/app/,options.o status.o) $(call unit_obj,base) $(LIBS)
	$(LINK)

SHARE = $(DESTDIR)$(PREFIX)/share
install: $(BIN)
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/octavo
	install -D -m 644 src/app/octavo.1 $(SHARE)/man/man1/octavo.1
	install -D -m 644 $(COMPLETIONS)/octavo.bash $(SHARE)/bash-completion/completions/octavo
	install -D -m 644 $(COMPLETIONS)/_octavo $(SHARE)/zsh/site-functions/_octavo
	install -D -m 644 $(COMPLETIONS)/octavo.fish $(SHARE)/fish/vendor_completions.d/octavo.fish
clean:
	rm -rf $(BUILD)
help:
	echo 'make                  build/octavo: static, stripped, for this machine'
	echo 'make ARCH=aarch64     build/aarch64/octavo; also armhf, riscv64, s390x'
	echo 'make unit             the unit tests with gcc, ASan and UBSan'
	echo 'make unit T=wire/json the unit test of one room'
	echo 'make unit CONFIG=clang  with clang; also msan, valgrind, musl, or a cross target in qemu'
	echo 'make fuzz             every fuzzer for FUZZ_SECONDS=600; T=json: one of them'
	echo 'make torture          every allocation and system call fails, a signal at each'
	echo 'make coverage         branches of src that the tests take'
	echo 'make docs             what the man page and the completions take from the option table'
	echo 'make install          the binary, the man page and the completions into'
	echo '                      $$(DESTDIR)$$(PREFIX); PREFIX is $(PREFIX)'
	echo 'make clean            remove $(BUILD); the fetched sources stay in vendor/cache'
	echo 'Also: BUILD=dir, CC=clang, WERROR=1, VERBOSE=1, VENDOR_DIR=dir (see vendor/fetch).'

.PHONY: all unit docs install clean help
.DELETE_ON_ERROR:
.PRECIOUS: $O/%.o
$(VERBOSE).SILENT:
MAKEOVERRIDES =
MAKEFLAGS := $(MAKEFLAGS) $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
-include $(OBJ:.o=.d) $(TESTS:=.d) $O/ci/docs/table.d
