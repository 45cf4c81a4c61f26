#ifndef COPENSSL_TLS_H
#define COPENSSL_TLS_H

// The macros of libssl and X.509 that TLSEngine uses.

#include <string.h>
#include <time.h>

static inline int COpenSSL_SSL_CTX_require_tls13(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1;
}

// Small idle connections; a write may be repeated from another address, as the queue moves.
static inline void COpenSSL_SSL_CTX_set_modes(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
                                  | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION
                                     | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_max_cert_list(context, 65536);
}

static inline int COpenSSL_SSL_CTX_set_groups(SSL_CTX *context, const char *list) {
    return (int)SSL_CTX_set1_groups_list(context, list);
}

static inline int COpenSSL_SSL_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline int COpenSSL_ERR_GET_REASON(unsigned long error) {
    return ERR_GET_REASON(error);
}

static inline int COpenSSL_ERR_GET_LIB(unsigned long error) {
    return ERR_GET_LIB(error);
}

static inline void COpenSSL_BIO_set_retry_read(BIO *bio) {
    BIO_set_retry_read(bio);
}

static inline void COpenSSL_BIO_clear_retry_flags(BIO *bio) {
    BIO_clear_retry_flags(bio);
}

static inline int COpenSSL_GENERAL_NAMES_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

// The URI at a position and its length, or null where another kind of name stands.
static inline const unsigned char *COpenSSL_GENERAL_NAMES_uri(const GENERAL_NAMES *names,
                                                              int position, int *length) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, position);
    if (name == NULL || name->type != GEN_URI) {
        return NULL;
    }
    const ASN1_IA5STRING *text = name->d.uniformResourceIdentifier;
    *length = ASN1_STRING_length(text);
    return ASN1_STRING_get0_data(text);
}

// Seconds since 1970; -1 where the time cannot be read or lies before.
static inline int64_t COpenSSL_ASN1_TIME_seconds(const ASN1_TIME *time) {
    struct tm parts;
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) {
        return -1;
    }
    return (int64_t)timegm(&parts);
}

// In the form of RFC 2253, but with UTF-8 as it is.
static inline void COpenSSL_X509_NAME_print(BIO *bio, const X509_NAME *name) {
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

static inline long COpenSSL_BIO_get_mem_data(BIO *bio, char **bytes) {
    return BIO_get_mem_data(bio, bytes);
}

#endif
