/* Tells ThreadSanitizer of GLib's locks. GLib is not built with it and takes its mutexes by futex, so that all that is
 * handed from one thread to another under one looks like a race. Loaded before the program (LD_PRELOAD), it stands
 * before each function by which threads wait for each other, calls the real one, and says what it orders. What GLib
 * calls within itself is not seen: therefore pools are wrapped as a whole. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <glib.h>

void __tsan_acquire(void *address) __attribute__((weak));
void __tsan_release(void *address) __attribute__((weak));

static void acquire(const volatile void *address) {
  if (__tsan_acquire) __tsan_acquire((void *)address);
}

static void release(const volatile void *address) {
  if (__tsan_release) __tsan_release((void *)address);
}

#define REAL(NAME) ((__typeof__(&NAME))dlsym(RTLD_NEXT, #NAME))

/* --- locks --- */

#undef g_mutex_lock
void g_mutex_lock(GMutex *mutex) {
  static __typeof__(&g_mutex_lock) real;
  if (!real) real = REAL(g_mutex_lock);
  real(mutex);
  acquire(mutex);
}

gboolean g_mutex_trylock(GMutex *mutex) {
  static __typeof__(&g_mutex_trylock) real;
  if (!real) real = REAL(g_mutex_trylock);
  gboolean is_ours = real(mutex);
  if (is_ours) acquire(mutex);
  return is_ours;
}

void g_mutex_unlock(GMutex *mutex) {
  static __typeof__(&g_mutex_unlock) real;
  if (!real) real = REAL(g_mutex_unlock);
  release(mutex);
  real(mutex);
}

void g_cond_wait(GCond *cond, GMutex *mutex) {
  static __typeof__(&g_cond_wait) real;
  if (!real) real = REAL(g_cond_wait);
  release(mutex);
  real(cond, mutex);
  acquire(mutex);
}

gboolean g_cond_wait_until(GCond *cond, GMutex *mutex, gint64 until_us) {
  static __typeof__(&g_cond_wait_until) real;
  if (!real) real = REAL(g_cond_wait_until);
  release(mutex);
  gboolean is_signalled = real(cond, mutex, until_us);
  acquire(mutex);
  return is_signalled;
}

void g_rw_lock_reader_lock(GRWLock *lock) {
  static __typeof__(&g_rw_lock_reader_lock) real;
  if (!real) real = REAL(g_rw_lock_reader_lock);
  real(lock);
  acquire(lock);
}

void g_rw_lock_reader_unlock(GRWLock *lock) {
  static __typeof__(&g_rw_lock_reader_unlock) real;
  if (!real) real = REAL(g_rw_lock_reader_unlock);
  release(lock);
  real(lock);
}

void g_rw_lock_writer_lock(GRWLock *lock) {
  static __typeof__(&g_rw_lock_writer_lock) real;
  if (!real) real = REAL(g_rw_lock_writer_lock);
  real(lock);
  acquire(lock);
}

void g_rw_lock_writer_unlock(GRWLock *lock) {
  static __typeof__(&g_rw_lock_writer_unlock) real;
  if (!real) real = REAL(g_rw_lock_writer_unlock);
  release(lock);
  real(lock);
}

/* --- what is made once --- */

gpointer g_once_impl(GOnce *once, GThreadFunc make, gpointer data) {
  static __typeof__(&g_once_impl) real;
  if (!real) real = REAL(g_once_impl);
  gpointer made = real(once, make, data);
  release(&once->status);
  acquire(&once->status);
  return made;
}

void(g_once_init_leave)(volatile void *location, gsize result) {
  static void (*real)(volatile void *, gsize);
  if (!real) real = (void (*)(volatile void *, gsize))dlsym(RTLD_NEXT, "g_once_init_leave");
  release(location);
  real(location, result);
}

/* --- the last holder sees what the others did --- */

void(g_atomic_ref_count_inc)(gatomicrefcount *count) {
  static void (*real)(gatomicrefcount *);
  if (!real) real = (void (*)(gatomicrefcount *))dlsym(RTLD_NEXT, "g_atomic_ref_count_inc");
  real(count);
}

gboolean(g_atomic_ref_count_dec)(gatomicrefcount *count) {
  static gboolean (*real)(gatomicrefcount *);
  if (!real) real = (gboolean(*)(gatomicrefcount *))dlsym(RTLD_NEXT, "g_atomic_ref_count_dec");
  release(count);
  gboolean is_last = real(count);
  if (is_last) acquire(count);
  return is_last;
}

void g_bytes_unref(GBytes *bytes) {
  static __typeof__(&g_bytes_unref) real;
  if (!real) real = REAL(g_bytes_unref);
  if (bytes) release(bytes), acquire(bytes);
  real(bytes);
}

/* --- what is handed over --- */

typedef struct {
  GFunc work;
  gpointer data;
} Work;

static void do_work(gpointer task, gpointer data) {
  Work *work = data;
  acquire(task);
  work->work(task, work->data);
}

/* The wrapper lives as long as the program: pools end with it. */
GThreadPool *g_thread_pool_new(GFunc work, gpointer data, gint n_threads, gboolean exclusive, GError **error) {
  static __typeof__(&g_thread_pool_new) real;
  if (!real) real = REAL(g_thread_pool_new);
  Work *wrapped = g_new(Work, 1);
  *wrapped = (Work){.work = work, .data = data};
  return real(do_work, wrapped, n_threads, exclusive, error);
}

gboolean g_thread_pool_push(GThreadPool *pool, gpointer task, GError **error) {
  static __typeof__(&g_thread_pool_push) real;
  if (!real) real = REAL(g_thread_pool_push);
  release(task);
  return real(pool, task, error);
}

void g_async_queue_push(GAsyncQueue *queue, gpointer data) {
  static __typeof__(&g_async_queue_push) real;
  if (!real) real = REAL(g_async_queue_push);
  release(data);
  real(queue, data);
}

gpointer g_async_queue_pop(GAsyncQueue *queue) {
  static __typeof__(&g_async_queue_pop) real;
  if (!real) real = REAL(g_async_queue_pop);
  gpointer data = real(queue);
  acquire(data);
  return data;
}

/* --- DuckDB --- */

/* With one thread DuckDB works in those of its callers alone: its own it would set to work in ways that are not seen
 * either. */
int duckdb_open_ext(const char *path, void *database, void *config, char **error) {
  static int (*real)(const char *, void *, void *, char **);
  static int (*set)(void *, const char *, const char *);
  if (!real) real = (int (*)(const char *, void *, void *, char **))dlsym(RTLD_NEXT, "duckdb_open_ext");
  if (!set) set = (int (*)(void *, const char *, const char *))dlsym(RTLD_NEXT, "duckdb_set_config");
  set(config, "threads", "1");
  return real(path, database, config, error);
}
