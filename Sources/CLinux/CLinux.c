#define _GNU_SOURCE 1
#include "CLinux.h"

#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <pthread.h>
#include <sys/socket.h>

const int CLinux_SOCK_STREAM = SOCK_STREAM;

int CLinux_accept(int descriptor, void *address, uint32_t *length) {
    return accept4(descriptor, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int CLinux_stream_socket(int family) {
    return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

int CLinux_datagram_socket(int family) {
    return socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

long CLinux_send(int descriptor, const void *bytes, size_t count) {
    return send(descriptor, bytes, count, MSG_NOSIGNAL);
}

void CLinux_set_thread_name(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

int CLinux_reserve(int descriptor, int64_t count) {
    return fallocate(descriptor, FALLOC_FL_KEEP_SIZE, 0, count);
}

void CLinux_map_large_blocks(int byte_count) {
#ifdef M_MMAP_THRESHOLD
    mallopt(M_MMAP_THRESHOLD, byte_count);
    // Setting one switches the adjustment of both off, which would trim after every batch.
    mallopt(M_TRIM_THRESHOLD, 8 * byte_count);
#else
    (void)byte_count;
#endif
}
