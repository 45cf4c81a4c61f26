#ifndef CLINUX_H
#define CLINUX_H

// What Linux offers and Swift's Glibc module does not show. The header includes little and defines
// no feature macro: types that the Glibc module defines too must look the same in both.

#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

// A token instead of the union epoll_data, which Swift would see as a bag of pointers.
static inline int CLinux_epoll_control(int epoll, int operation, int descriptor, uint32_t events,
                                       uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline uint64_t CLinux_epoll_token(const struct epoll_event *event) {
    return event->data.u64;
}

// The type of a stream socket, which glibc has as an enumeration and other libraries as a macro.
extern const int CLinux_SOCK_STREAM;

// Accepts a connection that does not block and is not inherited by child processes.
int CLinux_accept(int descriptor, void *address, uint32_t *length);

// Sockets that are not inherited by child processes; the stream socket does not block either.
int CLinux_stream_socket(int family);
int CLinux_datagram_socket(int family);

// Sends without a SIGPIPE.
long CLinux_send(int descriptor, const void *bytes, size_t count);

void CLinux_set_thread_name(const char *name);

// Sets disk space aside for the start of a file without changing its size.
int CLinux_reserve(int descriptor, int64_t count);

// Has blocks of so many bytes and more come from the system and go back to it, each for itself.
void CLinux_map_large_blocks(int byte_count);

#endif
