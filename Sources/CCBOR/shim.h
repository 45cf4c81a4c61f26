#ifndef CCBOR_SHIM_H
#define CCBOR_SHIM_H

#include <cbor.h>
#include <string.h>

// libcbor's streaming decoder reports one item at a time to callbacks. CCBOR_next turns that
// around: it fills in an event for the caller to look at, and allocates nothing.

enum CCBOR_kind {
    CCBOR_KIND_UNSIGNED,
    CCBOR_KIND_NEGATIVE,
    CCBOR_KIND_BYTES,
    CCBOR_KIND_TEXT,
    CCBOR_KIND_ARRAY,
    CCBOR_KIND_MAP,
    CCBOR_KIND_TAG,
    CCBOR_KIND_BOOLEAN,
    CCBOR_KIND_NULL,
    CCBOR_KIND_UNDEFINED,
    CCBOR_KIND_DOUBLE,
    CCBOR_KIND_INDEFINITE,
};

struct CCBOR_event {
    enum CCBOR_kind kind;
    uint64_t value; // the integer, the tag, the boolean, or the number of items or bytes
    double number;
};

enum CCBOR_status { CCBOR_STATUS_FINISHED, CCBOR_STATUS_TRUNCATED, CCBOR_STATUS_MALFORMED };

#define CCBOR_INTEGER(width, name, kindName)                                                      \
    static void CCBOR_on_##name(void *context, uint##width##_t value) {                           \
        struct CCBOR_event *event = (struct CCBOR_event *)context;                                \
        event->kind = kindName;                                                                   \
        event->value = value;                                                                     \
    }
CCBOR_INTEGER(8, uint8, CCBOR_KIND_UNSIGNED)
CCBOR_INTEGER(16, uint16, CCBOR_KIND_UNSIGNED)
CCBOR_INTEGER(32, uint32, CCBOR_KIND_UNSIGNED)
CCBOR_INTEGER(64, uint64, CCBOR_KIND_UNSIGNED)
CCBOR_INTEGER(8, negint8, CCBOR_KIND_NEGATIVE)
CCBOR_INTEGER(16, negint16, CCBOR_KIND_NEGATIVE)
CCBOR_INTEGER(32, negint32, CCBOR_KIND_NEGATIVE)
CCBOR_INTEGER(64, negint64, CCBOR_KIND_NEGATIVE)
CCBOR_INTEGER(64, tag, CCBOR_KIND_TAG)
#undef CCBOR_INTEGER

static void CCBOR_on_bytes(void *context, cbor_data bytes, size_t count) {
    struct CCBOR_event *event = (struct CCBOR_event *)context;
    event->kind = CCBOR_KIND_BYTES;
    (void)bytes; // a string is the end of what was read
    event->value = count;
}

static void CCBOR_on_text(void *context, cbor_data bytes, size_t count) {
    CCBOR_on_bytes(context, bytes, count);
    ((struct CCBOR_event *)context)->kind = CCBOR_KIND_TEXT;
}

static void CCBOR_on_array(void *context, size_t count) {
    struct CCBOR_event *event = (struct CCBOR_event *)context;
    event->kind = CCBOR_KIND_ARRAY;
    event->value = count;
}

static void CCBOR_on_map(void *context, size_t count) {
    CCBOR_on_array(context, count);
    ((struct CCBOR_event *)context)->kind = CCBOR_KIND_MAP;
}

static void CCBOR_on_indefinite(void *context) {
    ((struct CCBOR_event *)context)->kind = CCBOR_KIND_INDEFINITE;
}

static void CCBOR_on_null(void *context) {
    ((struct CCBOR_event *)context)->kind = CCBOR_KIND_NULL;
}

static void CCBOR_on_undefined(void *context) {
    ((struct CCBOR_event *)context)->kind = CCBOR_KIND_UNDEFINED;
}

static void CCBOR_on_boolean(void *context, bool value) {
    struct CCBOR_event *event = (struct CCBOR_event *)context;
    event->kind = CCBOR_KIND_BOOLEAN;
    event->value = value;
}

static void CCBOR_on_double(void *context, double number) {
    struct CCBOR_event *event = (struct CCBOR_event *)context;
    event->kind = CCBOR_KIND_DOUBLE;
    event->number = number;
}

static void CCBOR_on_float(void *context, float number) { CCBOR_on_double(context, number); }

static const struct cbor_callbacks CCBOR_callbacks = {
    .uint8 = CCBOR_on_uint8,
    .uint16 = CCBOR_on_uint16,
    .uint32 = CCBOR_on_uint32,
    .uint64 = CCBOR_on_uint64,
    .negint8 = CCBOR_on_negint8,
    .negint16 = CCBOR_on_negint16,
    .negint32 = CCBOR_on_negint32,
    .negint64 = CCBOR_on_negint64,
    .byte_string_start = CCBOR_on_indefinite,
    .byte_string = CCBOR_on_bytes,
    .string_start = CCBOR_on_indefinite,
    .string = CCBOR_on_text,
    .indef_array_start = CCBOR_on_indefinite,
    .array_start = CCBOR_on_array,
    .indef_map_start = CCBOR_on_indefinite,
    .map_start = CCBOR_on_map,
    .tag = CCBOR_on_tag,
    .float2 = CCBOR_on_float,
    .float4 = CCBOR_on_float,
    .float8 = CCBOR_on_double,
    .undefined = CCBOR_on_undefined,
    .null = CCBOR_on_null,
    .boolean = CCBOR_on_boolean,
    .indef_break = CCBOR_on_indefinite,
};

// Reads the head of one item, and the bytes of a string.
static inline enum CCBOR_status CCBOR_next(
    const uint8_t *bytes, size_t count, struct CCBOR_event *event, size_t *read
) {
    // libcbor 0.8 knows no tag from 6 to 20 in its short form, and COSE_Sign1 is tag 18.
    if (count > 0 && bytes[0] >= 0xC0 && bytes[0] <= 0xD7) {
        event->kind = CCBOR_KIND_TAG;
        event->value = bytes[0] - 0xC0;
        *read = 1;
        return CCBOR_STATUS_FINISHED;
    }
    struct cbor_decoder_result result =
        cbor_stream_decode(bytes, count, &CCBOR_callbacks, event);
    *read = result.read;
    switch (result.status) {
    case CBOR_DECODER_FINISHED: return CCBOR_STATUS_FINISHED;
    case CBOR_DECODER_NEDATA: return CCBOR_STATUS_TRUNCATED;
    default: return CCBOR_STATUS_MALFORMED;
    }
}

// The head of an item as libcbor writes it, in its shortest form (RFC 8949 4.2.1).
struct CCBOR_head {
    uint8_t bytes[9];
    uint8_t count;
};

// Encodes the head of an item; `value` as CCBOR_event has it. For the kinds that CCBOR_next reads
// but for numbers with a fraction, which have no head, and what is indefinite.
static inline struct CCBOR_head CCBOR_encode_head(enum CCBOR_kind kind, uint64_t value) {
    struct CCBOR_head head = {{0}, 0};
    size_t count = 0;
    switch (kind) {
    case CCBOR_KIND_UNSIGNED: count = cbor_encode_uint(value, head.bytes, 9); break;
    case CCBOR_KIND_NEGATIVE: count = cbor_encode_negint(value, head.bytes, 9); break;
    case CCBOR_KIND_BYTES: count = cbor_encode_bytestring_start(value, head.bytes, 9); break;
    case CCBOR_KIND_TEXT: count = cbor_encode_string_start(value, head.bytes, 9); break;
    case CCBOR_KIND_ARRAY: count = cbor_encode_array_start(value, head.bytes, 9); break;
    case CCBOR_KIND_MAP: count = cbor_encode_map_start(value, head.bytes, 9); break;
    case CCBOR_KIND_TAG: count = cbor_encode_tag(value, head.bytes, 9); break;
    case CCBOR_KIND_BOOLEAN: count = cbor_encode_bool(value != 0, head.bytes, 9); break;
    case CCBOR_KIND_NULL: count = cbor_encode_null(head.bytes, 9); break;
    case CCBOR_KIND_UNDEFINED: count = cbor_encode_undef(head.bytes, 9); break;
    case CCBOR_KIND_DOUBLE:
    case CCBOR_KIND_INDEFINITE: break;
    }
    head.count = (uint8_t)count;
    return head;
}

#endif
