/* Preloaded into the process that the crash tests kill: at the n-th call that changes a file below a
   directory it dies, or that call and all later ones fail. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char directory[PATH_MAX];
static atomic_int calls, last_good;
static int failure; /* 0: die; otherwise the errno to fail with */

/* From now on the first `good` calls below `below` do their work. */
void crash_arm(const char *below, int good, int error) {
    strncpy(directory, below, sizeof directory - 1);
    failure = error;
    calls = 0;
    last_good = good;
}

int crash_calls(void) { return calls; }

static int is_below(const char *path) {
    size_t length = strlen(directory);
    return length && strncmp(path, directory, length) == 0;
}

static int is_open_below(int descriptor) {
    char link[64], path[PATH_MAX];
    if (!*directory) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length < 0 ? 0 : length] = 0;
    return is_below(path);
}

static int must_fail(int is_counted) {
    if (!is_counted || ++calls <= last_good) return 0;
    if (!failure) kill(getpid(), SIGKILL);
    errno = failure;
    return 1;
}

#define REPLACE(result, name, parameters, arguments, is_counted)      \
    result name parameters {                                          \
        static result (*original) parameters;                         \
        if (!original) *(void **)&original = dlsym(RTLD_NEXT, #name); \
        return must_fail(is_counted) ? -1 : original arguments;       \
    }

REPLACE(ssize_t, write, (int d, const void *b, size_t n), (d, b, n), is_open_below(d))
REPLACE(ssize_t, pwrite64, (int d, const void *b, size_t n, off64_t o), (d, b, n, o), is_open_below(d))
REPLACE(int, fsync, (int d), (d), is_open_below(d))
REPLACE(int, fdatasync, (int d), (d), is_open_below(d))
REPLACE(int, ftruncate64, (int d, off64_t n), (d, n), is_open_below(d))
REPLACE(int, rename, (const char *a, const char *b), (a, b), is_below(a))
REPLACE(int, unlink, (const char *a), (a), is_below(a))
