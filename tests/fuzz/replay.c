/* Runs a harness over the files named, or over stdin: for builds without a fuzzer's own driver. */
#include "fuzz.h"

static int replay(FILE *f, const char *name)
{
	static unsigned char data[1 << 20];
	size_t n = f == NULL ? 0 : fread(data, 1, sizeof data, f);

	if (f == NULL || ferror(f)) {
		perror(name);
		return 1;
	}
	LLVMFuzzerTestOneInput(data, n);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 2)
		return replay(stdin, "stdin");
	for (int i = 1; i < argc; i++) {
		FILE *f = fopen(argv[i], "rb");

		status |= replay(f, argv[i]);
		if (f != NULL)
			fclose(f);
	}
	return status;
}
