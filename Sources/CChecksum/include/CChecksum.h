#ifndef CCHECKSUM_H
#define CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli), by the processor's instruction where it has one.
uint32_t CChecksum_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

// The same without the instruction, for other processors and for tests.
uint32_t CChecksum_crc32c_by_table(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
