/* SPDX-License-Identifier: Apache-2.0
 * Memory of another process behind an RTL memory (hdl_models/fabric/axi_host_memory.sv).
 */
#ifndef AMPSIM_HOST_MEMORY_H
#define AMPSIM_HOST_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Backs the bytes from `first` on with `data`, which has to stay; NULL backs nothing again. */
void host_memory_map(uint8_t *data, size_t length, uint32_t first);

/* The RTL's side: 0, or 1 when the word is not wholly backed. */
int host_memory_read(unsigned int offset, unsigned long long *data);
int host_memory_write(unsigned int offset, unsigned long long data, int strobe);

#ifdef __cplusplus
}
#endif
#endif
