/*
 * attr - what the compiler is asked to watch over.
 */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

/* The result must be looked at. */
#define MUST __attribute__((warn_unused_result))

/* Argument number `fmt` is a format for those from number `args` on. */
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
