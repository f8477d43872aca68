/* A slow disk on demand: LD_PRELOAD this and every fsync and fdatasync takes SLOWSYNC_MS
 * milliseconds longer (20 when unset). The data is still written: only time is added.
 *
 * SLOWSYNC_COUNT, when set, names a file that receives one byte for each delayed call, so that a
 * benchmark can show that the delay was really in its way.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void delay(void) {
    static int witness = -2; /* -2: not looked up yet; two threads may look twice, harmlessly */
    const char *ms = getenv("SLOWSYNC_MS");
    long wanted = ms ? atol(ms) : 20;
    struct timespec left = {wanted / 1000, wanted % 1000 * 1000000};
    int kept = errno;
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
    if (witness == -2) {
        const char *path = getenv("SLOWSYNC_COUNT");
        witness = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    }
    if (witness >= 0 && write(witness, ".", 1) != 1) witness = -1;
    errno = kept;
}

static int real(const char *name, int fd) {
    int (*sync_)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (!sync_) {
        errno = ENOSYS;
        return -1;
    }
    return sync_(fd);
}

int fsync(int fd) {
    delay();
    return real("fsync", fd);
}

int fdatasync(int fd) {
    delay();
    return real("fdatasync", fd);
}
