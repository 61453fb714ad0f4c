/* What a machine may do to a program: loaded with LD_PRELOAD, in front of the C library.
 *
 * Under the folder FAULT_UNDER, the FAULT_AT-th operation (write, sync, truncation, renaming or
 * removal), or every one for as long as the file FAULT_WHILE exists, fails with the error number
 * FAULT_WITH; 0 kills the process instead, before the operation. The file FAULT_MARK gets the
 * operation's name, so that nobody takes a fault that never came for one that was survived.
 *
 * The clock of the day is FAULT_CLOCK seconds ahead of the true one, behind if that is negative.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static atomic_long operations;

static int fails(const char *name, const char *path) {
    const char *folder = getenv("FAULT_UNDER"), *at = getenv("FAULT_AT");
    const char *while_there = getenv("FAULT_WHILE"), *mark = getenv("FAULT_MARK");
    const char *with = getenv("FAULT_WITH");
    if (!folder || !with || strncmp(path, folder, strlen(folder)) != 0) return 0;
    int now = at && atomic_fetch_add(&operations, 1) + 1 == atol(at);
    if (!now && !(while_there && access(while_there, F_OK) == 0)) return 0;
    int file = mark ? open(mark, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (file >= 0) {
        syscall(SYS_write, file, name, strlen(name));
        close(file);
    }
    if (atoi(with) == 0) kill(getpid(), SIGKILL);
    errno = atoi(with);
    return 1;
}

static int fails_on(const char *name, int descriptor) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return fails(name, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_FILE(type, name, parameters, arguments)      \
    type name parameters {                              \
        if (fails_on(#name, file)) return -1;           \
        return REAL(name) arguments;                    \
    }
#define ON_PATH(name, parameters, arguments)            \
    int name parameters {                               \
        if (fails(#name, path)) return -1;              \
        return REAL(name) arguments;                    \
    }

ON_FILE(ssize_t, write, (int file, const void *data, size_t size), (file, data, size))
ON_FILE(ssize_t, pwrite, (int file, const void *data, size_t size, off_t at), (file, data, size, at))
ON_FILE(ssize_t, pwrite64, (int file, const void *data, size_t size, off64_t at), (file, data, size, at))
ON_FILE(int, fsync, (int file), (file))
ON_FILE(int, fdatasync, (int file), (file))
ON_FILE(int, ftruncate, (int file, off_t size), (file, size))
ON_FILE(int, ftruncate64, (int file, off64_t size), (file, size))
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))

int clock_gettime(clockid_t clock, struct timespec *now) {
    const char *ahead = clock == CLOCK_REALTIME ? getenv("FAULT_CLOCK") : NULL;
    int failed = REAL(clock_gettime)(clock, now);
    if (!failed && ahead) now->tv_sec += atol(ahead);
    return failed;
}
