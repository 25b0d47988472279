/*
 * child - what a process that we have forked does before anything else.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <sys/types.h>

/*
 * Descriptors from `first` on are closed, signals do what they do by default and none is blocked,
 * no new privileges can be had; and it ends with `parent`, the process that made it.
 */
void child_settle(pid_t parent, int first);

/* Ends this process with its parent, which may have ended before we could ask for that. */
void child_end_with(pid_t parent);

#endif
