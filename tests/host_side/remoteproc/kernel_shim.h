/* SPDX-License-Identifier: Apache-2.0
 * What the kernel's ELF loader needs around it to be compiled as a program: types and helpers. */
#ifndef KERNEL_SHIM_H
#define KERNEL_SHIM_H

#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __LITTLE_ENDIAN 1
#define __iomem
#define EXPORT_SYMBOL(name)
#define GFP_KERNEL 0

/* The names of linux/elf.h for the structures of elf.h. */
#define elf32_hdr KernelElf32Header
#define elf64_hdr KernelElf64Header
#define elf32_phdr KernelElf32Segment
#define elf64_phdr KernelElf64Segment
#define elf32_shdr KernelElf32Section
#define elf64_shdr KernelElf64Section

struct elf32_hdr {
    u8 e_ident[EI_NIDENT];
    u16 e_type, e_machine;
    u32 e_version, e_entry, e_phoff, e_shoff, e_flags;
    u16 e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};

struct elf64_hdr {
    u8 e_ident[EI_NIDENT];
    u16 e_type, e_machine;
    u32 e_version;
    u64 e_entry, e_phoff, e_shoff;
    u32 e_flags;
    u16 e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};

struct elf32_phdr {
    u32 p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags, p_align;
};

struct elf64_phdr {
    u32 p_type, p_flags;
    u64 p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
};

struct elf32_shdr {
    u32 sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size;
    u32 sh_link, sh_info, sh_addralign, sh_entsize;
};

struct elf64_shdr {
    u32 sh_name, sh_type;
    u64 sh_flags, sh_addr, sh_offset, sh_size;
    u32 sh_link, sh_info;
    u64 sh_addralign, sh_entsize;
};

struct device {
    int unused;
};

struct firmware {
    size_t size;
    const u8 *data;
};

struct resource_table {
    u32 ver, num, reserved[2], offset[];
};

struct rproc {
    struct device dev;
    const char *firmware;
    struct resource_table *cached_table, *table_ptr;
    size_t table_sz;
};

/* Everything that is said goes to the answer, a line each. */
void say(const char *format, ...);
#define dev_err(device, ...) say(__VA_ARGS__)
#define dev_dbg(device, ...) ((void)0)

void *rproc_da_to_va(struct rproc *rproc, u64 da, size_t length, bool *is_iomem);

static inline bool rproc_u64_fit_in_size_t(u64 value)
{
    return value <= SIZE_MAX;
}

static inline size_t size_add(size_t one, size_t other)
{
    size_t sum;
    return __builtin_add_overflow(one, other, &sum) ? SIZE_MAX : sum;
}

static inline size_t size_mul(size_t one, size_t other)
{
    size_t product;
    return __builtin_mul_overflow(one, other, &product) ? SIZE_MAX : product;
}

#define struct_size(pointer, member, count) \
    size_add(sizeof(*(pointer)), size_mul(sizeof((pointer)->member[0]), (count)))

static inline void *kmemdup(const void *from, size_t length, int flags)
{
    void *copy = malloc(length);
    return copy ? memcpy(copy, from, length) : NULL;
}

#define memcpy_toio memcpy
#define memset_io memset

#endif
