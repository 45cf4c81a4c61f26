#ifndef CEVENT_SHIM_H
#define CEVENT_SHIM_H

// libevent's loop, HTTP server and TLS stream.

#include <stdint.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <sys/prctl.h>

// What the system shows for the calling thread; cut to 15 bytes.
static inline void CEvent_set_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

// A stream that serves the server side of `ssl`, which it owns, once it is given a socket.
static inline struct bufferevent *CEvent_accepting_stream(struct event_base *base,
                                                          struct ssl_st *ssl) {
    struct bufferevent *stream = bufferevent_openssl_socket_new(
        base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    // An end without close_notify cuts nothing off: a request says how long it is.
    if (stream != NULL) bufferevent_openssl_set_allow_dirty_shutdown(stream, 1);
    return stream;
}

// Whether the client knows answers in chunks (RFC 9112 7.1), of which HTTP/1.0 has none.
static inline int CEvent_knows_chunks(const struct evhttp_request *request) {
    return request->major > 1 || (request->major == 1 && request->minor >= 1);
}

// A stream without TLS. It lives on, emptied, when libevent's server has let go of it, until
// CEvent_release: nothing else tells its owner that the connection has ended.
static inline struct bufferevent *CEvent_plain_stream(struct event_base *base) {
    struct bufferevent *stream = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (stream != NULL) bufferevent_incref(stream);
    return stream;
}

static inline int CEvent_is_abandoned(struct bufferevent *stream) {
    bufferevent_data_cb read, write;
    bufferevent_event_cb event;
    void *user;
    bufferevent_getcb(stream, &read, &write, &event, &user);
    return read == NULL && write == NULL && event == NULL;
}

static inline void CEvent_release(struct bufferevent *stream) {
    bufferevent_decref(stream);
}

static inline uint32_t CEvent_every_method(void) {
    return EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT
         | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE | EVHTTP_REQ_PATCH;
}

static inline const struct evkeyval *CEvent_first_field(struct evhttp_request *request) {
    struct evkeyvalq *fields = evhttp_request_get_input_headers(request);
    return fields == NULL ? NULL : fields->tqh_first;
}

static inline const struct evkeyval *CEvent_next_field(const struct evkeyval *field) {
    return field->next.tqe_next;
}

static inline const char *CEvent_method_name(struct evhttp_request *request) {
    switch (evhttp_request_get_command(request)) {
    case EVHTTP_REQ_GET: return "GET";
    case EVHTTP_REQ_POST: return "POST";
    case EVHTTP_REQ_HEAD: return "HEAD";
    case EVHTTP_REQ_PUT: return "PUT";
    case EVHTTP_REQ_DELETE: return "DELETE";
    case EVHTTP_REQ_OPTIONS: return "OPTIONS";
    case EVHTTP_REQ_PATCH: return "PATCH";
    default: return "OTHER";
    }
}

#endif
