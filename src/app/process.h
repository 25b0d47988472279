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
 * SIGPIPE becomes an error of write(2). SIGINT, SIGTERM and SIGHUP, unless they are ignored, end
 * the program at once with the status the signal stands for, also as process 1.
 */
void process_handle_signals(void);

/* Ends as signal n would have ended us. */
_Noreturn void process_end_by_signal(int n);

#endif
