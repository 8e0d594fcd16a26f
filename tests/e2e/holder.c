/* What the tests need done to a database from outside the program:
 *
 *   holder hold FILE     opens it for writing, prints "held", and keeps it until standard input ends
 *   holder free FILE     returns when no process has it open for writing
 *   holder newer FILE    marks it as written by a newer version of Attain */
#include "store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A lock to read is given when whoever writes has closed the file. */
static int wait_until_free(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
  int failed = fd < 0 || fcntl(fd, F_SETLKW, &lock) != 0;
  if (failed) perror(path);
  if (fd >= 0) close(fd);
  return failed;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  if (strcmp(argv[1], "free") == 0) return wait_until_free(argv[2]);
  g_autoptr(GError) error = NULL;
  g_autoptr(Store) store = store_open(argv[2], NULL, 0, 1, &error);
  if (store && strcmp(argv[1], "newer") == 0)
    store_run(store, "UPDATE attain_meta SET value = '999999' WHERE name = 'schema_version'", NULL, 0, NULL, &error);
  if (error) {
    fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  if (strcmp(argv[1], "hold") == 0) {
    char byte;
    puts("held");
    fflush(stdout);
    while (read(STDIN_FILENO, &byte, 1) > 0) {
    }
  }
  return 0;
}
