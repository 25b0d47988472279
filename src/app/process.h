/*
 * process - what the program asks of the system before it touches a secret, and how it ends.
 */
#ifndef APP_PROCESS_H
#define APP_PROCESS_H

#include <stdbool.h>

/* No core dumps, no ptrace by others, no new privileges; best effort. */
void process_harden(void);

/*
 * Makes sure that descriptors 0, 1 and 2 are taken, so that nothing opened later becomes somebody's
 * stdout; open[i] tells whether descriptor i was open. False when the system gives none.
 */
bool process_guard_descriptors(bool open[3]);

/*
 * SIGPIPE and SIGXFSZ become errors of write(2). The signals that people and runners end programs
 * with, unless they are ignored, go to `end`, which tidies up and calls process_end_by_signal.
 */
void process_handle_signals(void (*end)(int));

/* While it holds, none of them comes through; afterwards those that came meanwhile do. */
void process_hold_signals(bool hold);

/* Ends as signal n would have ended us, also as process 1. */
_Noreturn void process_end_by_signal(int n);

#endif
