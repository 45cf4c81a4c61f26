#ifndef COPENSSL_SHIM_H
#define COPENSSL_SHIM_H

// OpenSSL's macros and variadic functions are invisible to Swift: each one used is
// repeated here as a `static inline` function, prefixed by the module's name.

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "tls.h"

// ---- SHA-256 and HKDF ----

struct COpenSSL_digest {
    uint8_t bytes[SHA256_DIGEST_LENGTH];
};

// SHA-256 over up to two parts. The one-shot function of OpenSSL 3 looks the algorithm up on each
// call, and an EVP context allocates; for Merkle nodes either costs as much as the hashing. The
// functions beneath use the processor's instructions as well and do neither.
static inline struct COpenSSL_digest COpenSSL_sha256(
    const uint8_t *first, size_t firstCount, const uint8_t *second, size_t secondCount
) {
    struct COpenSSL_digest digest;
    SHA256_CTX context;
    SHA256_Init(&context);
    if (firstCount > 0) SHA256_Update(&context, first, firstCount);
    if (secondCount > 0) SHA256_Update(&context, second, secondCount);
    SHA256_Final(digest.bytes, &context);
    return digest;
}

// SHA-256 in pieces.
static inline void COpenSSL_sha256_begin(SHA256_CTX *context) { SHA256_Init(context); }

static inline void COpenSSL_sha256_update(SHA256_CTX *context, const uint8_t *bytes, size_t count) {
    if (count > 0) SHA256_Update(context, bytes, count);
}

static inline struct COpenSSL_digest COpenSSL_sha256_finish(SHA256_CTX *context) {
    struct COpenSSL_digest digest;
    SHA256_Final(digest.bytes, context);
    return digest;
}

// One half of HKDF-SHA256 (RFC 5869): mode is EVP_KDF_HKDF_MODE_EXTRACT_ONLY or _EXPAND_ONLY.
// Returns 1 for success.
static inline int COpenSSL_hkdf_sha256(
    EVP_KDF *kdf, int mode, const uint8_t *key, size_t keyCount, const uint8_t *salt,
    size_t saltCount, const uint8_t *info, size_t infoCount, uint8_t *output, size_t outputCount
) {
    OSSL_PARAM parameters[6];
    OSSL_PARAM *next = parameters;
    *next++ = OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode);
    *next++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0);
    *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key, keyCount);
    if (saltCount > 0)
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, saltCount);
    if (infoCount > 0)
        *next++ = OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, infoCount);
    *next = OSSL_PARAM_construct_end();
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(kdf);
    if (context == NULL) return 0;
    int result = EVP_KDF_derive(context, output, outputCount, parameters);
    EVP_KDF_CTX_free(context);
    return result;
}

#endif
