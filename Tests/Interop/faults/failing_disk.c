// Preloaded into avisod: while the file that AVISO_FAULT names exists, one system call on the log's
// segments fails as the file says, such as "fdatasync 5" (EIO) or "pwrite 28" (ENOSPC).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int strikes(const char *call, int descriptor) {
    const char *path = getenv("AVISO_FAULT");
    FILE *file = path == NULL ? NULL : fopen(path, "re");
    if (file == NULL) return 0;
    char name[32] = "";
    int number = 0;
    int count = fscanf(file, "%31s %d", name, &number);
    fclose(file);
    if (count != 2 || strcmp(name, call) != 0) return 0;
    char link[64], target[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0) return 0;
    target[length] = 0;
    return strstr(target, "/segments/") == NULL ? 0 : number;
}

int fdatasync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    int number = strikes("fdatasync", descriptor);
    if (number == 0) return real(descriptor);
    errno = number;
    return -1;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
    ssize_t (*real)(int, const void *, size_t, off_t) =
        (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    int number = strikes("pwrite", descriptor);
    if (number == 0) return real(descriptor, bytes, count, offset);
    errno = number;
    // As a disk that fills up: a part of it is there.
    if (count > 1) real(descriptor, bytes, count / 2, offset);
    errno = number;
    return -1;
}
