# The libraries of vendor/sources: fetched, then built for one configuration.
#   LIBS       what is linked
#   UNPACKED   what everything compiled depends on: written when a source changes
#   LIB_FLAGS  how to compile against them
#   LINK       the recipe that links the objects among its prerequisites; calls of a function in
#              WRAP go to its __wrap_

V    = vendor/cache
MUSL = $O/musl

ifneq ($(filter-out clean help,$(or $(MAKECMDGOALS),all)),)
ifeq ($(filter $(CONFIG),$(CONFIGS)),)
$(error no configuration $(CONFIG); there are: $(CONFIGS))
endif
NEEDED := $(strip $(foreach t,$(CC) $(CROSS)ar $(CROSS)strip readelf awk tar xz patch,\
	$(if $(shell command -v $t),,$t)))
ifneq ($(NEEDED),)
$(error missing: $(NEEDED); run: sh ci/setup)
endif
# make reads the whole Makefile again once the sources are there to be listed.
include $V/unpacked.mk
$V/unpacked.mk: vendor/fetch vendor/sources $(wildcard vendor/patches/*)
	vendor/fetch
	touch $@
endif

SSL_SRC = $(wildcard $V/bearssl/src/*.c $V/bearssl/src/*/*.c)
SSL_OBJ = $(SSL_SRC:$V/bearssl/src/%.c=$O/bearssl/%.o)
LIBS    = $O/libbearssl.a $(if $(filter $(STATIC),$(CONFIG)),$(MUSL)/lib/libc.a)

UNPACKED = $V/bearssl/.from $V/jsmn/.from $V/musl/.from
LIB_FLAGS = $(LIBC_FLAGS) -isystem $V/bearssl/inc -isystem $V/jsmn

ifneq ($(filter $(STATIC),$(CONFIG)),)
LIBC_FLAGS = -nostdinc -isystem $(MUSL)/include -isystem $(shell $(CC) -print-file-name=include)

# A static PIE that relocates itself. Debian's own `musl-gcc -static-pie` makes
# a dynamic one without a word, hence every flag by name, and the check. Nobody
# would act on RELRO in a static file: it only costs padding, 64 KB on aarch64.
# Relocations are packed where the linker can (vendor/patches/musl-relr.patch).
RELR = $(if $(shell $(CROSS)ld --help | grep pack-relative-relocs),-Wl$(comma)-z$(comma)pack-relative-relocs)
comma = ,
LINK = $(CC) $(TUNE) $(LTO) $(SIZE) -nostdlib -static-pie -Wl,--no-dynamic-linker,-z,text,-z,norelro \
	-Wl,-z,noseparate-code,-z,common-page-size=64,--gc-sections,--build-id=none,--no-eh-frame-hdr $(RELR) \
	$(WRAP:%=-Wl,--wrap=%) -o $@ $(MUSL)/lib/rcrt1.o $(MUSL)/lib/crti.o $(filter %.o,$^) \
	$O/libbearssl.a $(MUSL)/lib/libc.a -lgcc $(MUSL)/lib/crtn.o && \
	readelf -hld $@ | awk '/Type: *DYN/ { pie = 1 } /INTERP|NEEDED|TEXTREL/ { loads = $$0 } \
	END { if (!pie || loads) { print "$@ is no static PIE:", loads; exit 1 } }'
else
LINK = $(CC) $(SAN) $(if $(SAN),-fsanitize=undefined) -pie \
	$(WRAP:%=-Wl,--wrap=%) -o $@ $(filter %.o,$^) $O/libbearssl.a
endif

$(MUSL)/lib/libc.a: $V/musl/.from
	mkdir -p $O/musl.build
	cd $O/musl.build && CC='$(CC)' AR=$(CROSS)ar RANLIB=$(CROSS)ranlib \
		CFLAGS='$(SIZE) -fPIE -ffunction-sections -fdata-sections' \
		$(abspath $V)/musl/configure --target=$(or $(CROSS:-=),$(shell $(CC) -dumpmachine)) \
		--prefix=$(abspath $(MUSL)) --disable-shared --enable-wrapper=no >configure.log
	echo building musl and BearSSL for $(CONFIG)
	+$(MAKE) -s -C $O/musl.build install 2>$O/musl.build/make.log

# Everything is BearSSL's -Os but the inner loops of the ciphers and of the signatures.
QUICK = ec/ec_p256_m31 hash/ghash_pclmul int/i31_montmul int/i31_muladd \
	symcipher/aes_x86ni_ctr symcipher/chacha20_ct symcipher/chacha20_sse2
$(QUICK:%=$O/bearssl/%.o): OPT = $(SPEED)
$O/bearssl/%.o: $V/bearssl/src/%.c $V/bearssl/.from | $(filter %/libc.a,$(LIBS))
	mkdir -p $(@D)
	$(CC) $(TUNE) $(LIB_FLAGS) -I$V/bearssl/src $(or $(OPT),$(SIZE)) -c -o $@ $<
$O/libbearssl.a: $(SSL_OBJ)
	$(CROSS)ar rcsD $@ $^
