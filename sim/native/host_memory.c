/* SPDX-License-Identifier: Apache-2.0
 * Memory of another process behind an RTL memory: words in and out, byte strobes.
 */
#include "host_memory.h"

#include <string.h>

enum { WORD = 8 };

static uint8_t *memory;
static size_t bytes;
static uint32_t begin;

void host_memory_map(uint8_t *data, size_t length, uint32_t first) {
  memory = data;
  bytes = data ? length : 0;
  begin = first;
}

static uint8_t *cell(unsigned int offset) {
  if (bytes < WORD || offset < begin || offset - begin > bytes - WORD) return NULL;
  return memory + (offset - begin);
}

int host_memory_read(unsigned int offset, unsigned long long *data) {
  const uint8_t *place = cell(offset);
  *data = 0;
  if (!place) return 1;
  memcpy(data, place, WORD);
  return 0;
}

/* A byte without its strobe is not touched: it may be the owner's. */
int host_memory_write(unsigned int offset, unsigned long long data, int strobe) {
  uint8_t *place = cell(offset);
  if (!place) return 1;
  for (int lane = 0; lane < WORD; lane++)
    if (strobe >> lane & 1) place[lane] = (uint8_t)(data >> 8 * lane);
  return 0;
}
