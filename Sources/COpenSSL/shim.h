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

#endif
