#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

// zlib's compressor.

#include <zlib.h>

// Prepares for the gzip format (RFC 1952); 16 added to the window's bits asks for it.
static inline int CZlib_gzip_begin(z_streamp stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                        Z_DEFAULT_STRATEGY);
}

#endif
