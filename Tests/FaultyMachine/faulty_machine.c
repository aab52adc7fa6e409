/*
 * A machine whose disk is full while a file exists and whose clock is wrong by as much as another file says: preloaded
 * into a PostgreSQL server, for tests. Works without root and without a mount.
 *
 * FAULTY_DISK names a file. While it is there, what would make a file longer fails with ENOSPC, as it does on a real
 * full disk; what overwrites a place that a file already has succeeds.
 *
 * FAULTY_CLOCK names a file of eight bytes: how many seconds are added to the time of day, as the machine writes a
 * number. Time that only ever grows (CLOCK_MONOTONIC) is right. Everything here may be called from a signal handler.
 */
#define _GNU_SOURCE
#include "faulty_machine.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off_t);
static int (*real_posix_fallocate)(int, off_t, off_t);
static const char *disk;
static const volatile int64_t *seconds;

__attribute__((constructor)) static void begin(void)
{
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_pwritev = dlsym(RTLD_NEXT, "pwritev");
    real_posix_fallocate = dlsym(RTLD_NEXT, "posix_fallocate");
    /* A copy: the server writes its title over its environment. */
    disk = getenv("FAULTY_DISK") == NULL ? NULL : strdup(getenv("FAULTY_DISK"));
    const char *clock = getenv("FAULTY_CLOCK");
    int file = clock == NULL ? -1 : open(clock, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    void *shared = mmap(NULL, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
    if (shared != MAP_FAILED)
        seconds = shared;
    close(file);
}

/* Disk. */

static int refuses(int file, off_t end)
{
    struct stat now;
    if (disk == NULL || access(disk, F_OK) != 0 || fstat(file, &now) != 0 || !S_ISREG(now.st_mode))
        return 0;
    return end > now.st_size;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t place)
{
    if (!refuses(file, place + (off_t)count))
        return real_pwrite(file, bytes, count, place);
    errno = ENOSPC;
    return -1;
}

ssize_t pwritev(int file, const struct iovec *parts, int count, off_t place)
{
    off_t end = place;
    for (int part = 0; part < count; part++)
        end += (off_t)parts[part].iov_len;
    if (!refuses(file, end))
        return real_pwritev(file, parts, count, place);
    errno = ENOSPC;
    return -1;
}

int posix_fallocate(int file, off_t place, off_t count)
{
    return refuses(file, place + count) ? ENOSPC : real_posix_fallocate(file, place, count);
}

/* The names of programs that were built for large files on purpose: the same functions on 64-bit machines. */
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t place) { return pwrite(file, bytes, count, place); }

ssize_t pwritev64(int file, const struct iovec *parts, int count, off_t place)
{
    return pwritev(file, parts, count, place);
}

int posix_fallocate64(int file, off_t place, off_t count) { return posix_fallocate(file, place, count); }

/* Clock. */

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int status = (int)syscall(SYS_clock_gettime, clock, now);
    if (status == 0 && seconds != NULL && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        now->tv_sec += *seconds;
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact) != 0)
        return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *stored)
{
    struct timespec exact = {0};
    clock_gettime(CLOCK_REALTIME, &exact);
    if (stored != NULL)
        *stored = exact.tv_sec;
    return exact.tv_sec;
}
