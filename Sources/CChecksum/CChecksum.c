#include "CChecksum.h"

#include <string.h>

static uint32_t crc32c_table[256];

__attribute__((constructor)) static void crc32c_make_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? 0x82F63B78u : 0);
        crc32c_table[byte] = value;
    }
}

uint32_t CChecksum_crc32c_by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    crc = ~crc;
    while (count-- > 0) crc = crc >> 8 ^ crc32c_table[(crc ^ *bytes++) & 0xFF];
    return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t crc32c_by_instruction(
    uint32_t crc, const uint8_t *bytes, size_t count
) {
    uint64_t value = crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word;
        memcpy(&word, bytes, 8);
        value = __builtin_ia32_crc32di(value, word);
    }
    crc = (uint32_t)value;
    while (count-- > 0) crc = __builtin_ia32_crc32qi(crc, *bytes++);
    return crc;
}
#endif

uint32_t CChecksum_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    crc = ~crc;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2")) return ~crc32c_by_instruction(crc, bytes, count);
#endif
    return CChecksum_crc32c_by_table(~crc, bytes, count);
}
