/* Preloaded into the process that the crash tests kill: at the n-th call that changes a file below a
   directory it dies, or that call and all later ones fail; or one call that reads fails; or all that
   it writes is recorded, to be replayed as a disk might have kept it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static char directory[PATH_MAX];
static atomic_int calls, last_good;
static int failure; /* 0: die; otherwise the errno to fail with */
static int is_reading; /* only the n-th call that opens or reads fails, and no other */
static int record = -1; /* where calls are recorded */

/* From now on the first `good` calls below `below` do their work. */
void crash_arm(const char *below, int good, int error) {
    strncpy(directory, below, sizeof directory - 1);
    failure = error;
    calls = 0;
    last_good = good;
}

/* From now on one call below `below` that opens or reads fails: the first after `good` of them. */
void crash_arm_reads(const char *below, int good, int error) {
    is_reading = 1;
    crash_arm(below, good, error);
}

int crash_calls(void) { return calls; }

/* From now on every call that changes a file below `below` is written to `path` before it is made. */
void crash_record(const char *below, const char *path) {
    record = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    crash_arm(below, INT_MAX, 0);
}

struct entry { char kind; uint64_t inode, offset, length; uint32_t path_length; } __attribute__((packed));

/* Entries of several threads must not mix. */
static atomic_flag is_writing = ATOMIC_FLAG_INIT;
static void begin(void) { while (atomic_flag_test_and_set(&is_writing)) usleep(10); }
static void end(void) { atomic_flag_clear(&is_writing); }

static void put(const void *data, size_t length) { syscall(SYS_write, record, data, length); }

static void put_entry(char kind, uint64_t inode, uint64_t offset, const char *path, const void *data, size_t length) {
    struct entry entry = {kind, inode, offset, length, strlen(path)};
    put(&entry, sizeof entry);
    put(path, entry.path_length);
    if (data) put(data, length);
}

static void path_of(int descriptor, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
}

static int is_below(const char *path) {
    size_t length = strlen(directory);
    return length && strncmp(path, directory, length) == 0;
}

static int is_open_below(int descriptor) {
    char path[PATH_MAX];
    if (!*directory) return 0;
    path_of(descriptor, path);
    return is_below(path);
}

/* A write, a cut or (no data) a sync of an open file; a sync also keeps all that the file holds. */
static void record_open(char kind, int descriptor, uint64_t offset, const void *data, size_t length) {
    char path[PATH_MAX], part[65536];
    struct stat status;
    if (record < 0 || !is_open_below(descriptor) || fstat(descriptor, &status)) return;
    path_of(descriptor, path);
    begin();
    if (kind != 's') {
        put_entry(kind, status.st_ino, offset, path, data, length);
        end();
        return;
    }
    int is_file = S_ISREG(status.st_mode);
    put_entry(is_file ? 's' : 'd', status.st_ino, 0, path, NULL, is_file ? status.st_size : 0);
    int copy = is_file ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) : -1;
    for (ssize_t n; copy >= 0 && (n = syscall(SYS_read, copy, part, sizeof part)) > 0;) put(part, n);
    if (copy >= 0) close(copy);
    end();
}

static void record_names(char kind, const char *a, const char *b) {
    struct stat status;
    if (record < 0 || !is_below(a) || stat(a, &status)) return;
    begin();
    put_entry(kind, status.st_ino, 0, a, b, b ? strlen(b) : 0);
    end();
}

static int must_fail(int is_counted) {
    if (is_reading || !is_counted || ++calls <= last_good) return 0;
    if (!failure) kill(getpid(), SIGKILL);
    errno = failure;
    return 1;
}

static int must_fail_to_read(int is_counted) {
    if (!is_reading || !is_counted || calls++ != last_good) return 0;
    errno = failure;
    return 1;
}

#define REPLACE(result, name, parameters, arguments, is_failing, recorded) \
    result name parameters {                                               \
        static result (*original) parameters;                              \
        if (!original) *(void **)&original = dlsym(RTLD_NEXT, #name);      \
        recorded;                                                          \
        return is_failing ? -1 : original arguments;                       \
    }

#define CHANGE(result, name, parameters, arguments, is_counted, recorded) \
    REPLACE(result, name, parameters, arguments, must_fail(is_counted), recorded)

CHANGE(ssize_t, write, (int d, const void *b, size_t n), (d, b, n), is_open_below(d),
       record_open('w', d, lseek(d, 0, SEEK_CUR), b, n))
CHANGE(ssize_t, pwrite64, (int d, const void *b, size_t n, off64_t o), (d, b, n, o), is_open_below(d),
       record_open('w', d, o, b, n))
CHANGE(int, fsync, (int d), (d), is_open_below(d), record_open('s', d, 0, NULL, 0))
CHANGE(int, fdatasync, (int d), (d), is_open_below(d), record_open('s', d, 0, NULL, 0))
CHANGE(int, ftruncate64, (int d, off64_t n), (d, n), is_open_below(d), record_open('t', d, n, "", 0))
CHANGE(int, rename, (const char *a, const char *b), (a, b), is_below(a), record_names('r', a, b))
CHANGE(int, unlink, (const char *a), (a), is_below(a), record_names('u', a, NULL))

#define READ(result, name, parameters, arguments, is_counted) \
    REPLACE(result, name, parameters, arguments, must_fail_to_read(is_counted), )

READ(ssize_t, read, (int d, void *b, size_t n), (d, b, n), is_open_below(d))
READ(ssize_t, pread64, (int d, void *b, size_t n, off64_t o), (d, b, n, o), is_open_below(d))

#define OPEN(name)                                                                             \
    int name(const char *path, int flags, ...) {                                               \
        static int (*original)(const char *, int, ...);                                        \
        if (!original) *(void **)&original = dlsym(RTLD_NEXT, #name);                          \
        va_list rest;                                                                          \
        va_start(rest, flags);                                                                 \
        mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;                              \
        va_end(rest);                                                                          \
        return must_fail_to_read(is_below(path)) ? -1 : original(path, flags, mode);           \
    }

OPEN(open)
OPEN(open64)
