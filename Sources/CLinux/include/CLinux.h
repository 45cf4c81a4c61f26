#ifndef CLINUX_H
#define CLINUX_H

// What Linux offers and Swift's Glibc module does not show.

#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#endif
