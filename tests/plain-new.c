/* The memory of C++ objects straight from the C library, for tests under the address sanitizer (tools/run-tests
 * preloads it).
 *
 * The only C++ here is the database, which is not compiled with the sanitizer: nothing looks at the red zones around
 * its objects, and to keep them took from two thirds to three quarters of the time of tests. What passes between it and
 * us stays with the sanitizer: all that malloc() gives, on either side, and arrays (operator new[]), such as the masks
 * of NULLs of a column. The columns' values never were the sanitizer's: the database has an allocator of its own. */
#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t n_bytes);
void __libc_free(void *memory);

/* operator new(size_t) */
void *_Znwm(size_t n_bytes) {
  void *memory = __libc_malloc(n_bytes ? n_bytes : 1);
  if (!memory) abort();
  return memory;
}

/* operator new(size_t, std::nothrow_t const &) */
void *_ZnwmRKSt9nothrow_t(size_t n_bytes, const void *nothrow) {
  (void)nothrow;
  return __libc_malloc(n_bytes ? n_bytes : 1);
}

/* operator delete(void *) */
void _ZdlPv(void *memory) {
  __libc_free(memory);
}

/* operator delete(void *, size_t) */
void _ZdlPvm(void *memory, size_t n_bytes) {
  (void)n_bytes;
  __libc_free(memory);
}

/* operator delete(void *, std::nothrow_t const &) */
void _ZdlPvRKSt9nothrow_t(void *memory, const void *nothrow) {
  (void)nothrow;
  __libc_free(memory);
}

/* operator new[](size_t): without these the C++ library's would call the ones above. */
void *_Znam(size_t n_bytes) {
  void *memory = malloc(n_bytes ? n_bytes : 1);
  if (!memory) abort();
  return memory;
}

/* operator new[](size_t, std::nothrow_t const &) */
void *_ZnamRKSt9nothrow_t(size_t n_bytes, const void *nothrow) {
  (void)nothrow;
  return malloc(n_bytes ? n_bytes : 1);
}

/* operator delete[](void *) */
void _ZdaPv(void *memory) {
  free(memory);
}

/* operator delete[](void *, size_t) */
void _ZdaPvm(void *memory, size_t n_bytes) {
  (void)n_bytes;
  free(memory);
}
