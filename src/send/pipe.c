/* SIGPIPE held back while something is written to a pipe or socket: blocked, and taken if it came. */
#include "send/private.h"

#include <time.h>

static void only_pipe(sigset_t *signals) {
  sigemptyset(signals);
  sigaddset(signals, SIGPIPE);
}

void send_pipe_begin(SendPipe *guard) {
  sigset_t signals, pending;
  only_pipe(&signals);
  sigpending(&pending);
  guard->was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &signals, &guard->before);
}

void send_pipe_end(const SendPipe *guard) {
  sigset_t signals;
  const struct timespec at_once = {0};
  only_pipe(&signals);
  if (!guard->was_pending) sigtimedwait(&signals, NULL, &at_once);
  pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
}
