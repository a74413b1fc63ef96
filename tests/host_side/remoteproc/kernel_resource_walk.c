/* SPDX-License-Identifier: Apache-2.0
 * Runs the kernel's own walk over resource tables from stdin (length, bytes): prints what it says,
 * the carveouts it leaves and the table as it has changed it. "--" ends each answer. */
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
typedef u32 dma_addr_t;

#define __packed __attribute__((packed))
#define GFP_KERNEL 0
#define PLATFORM_DEVID_AUTO 0
#define IS_ERR(pointer) false
#define PTR_ERR(pointer) 0
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PAGE_ALIGN(size) (((size) + 4095) & ~(size_t)4095)
#define kzalloc(size, flags) calloc(1, size)
#define kfree free
#define dev_err(device, ...) printf(__VA_ARGS__)
#define dev_warn(device, ...) printf(__VA_ARGS__)
#define dev_dbg(device, ...) ((void)0)

struct device {
    int unused;
};

static size_t size_add(size_t one, size_t other)
{
    size_t sum;
    return __builtin_add_overflow(one, other, &sum) ? SIZE_MAX : sum;
}

#define struct_size(pointer, member, count) \
    size_add(sizeof(*(pointer)), sizeof((pointer)->member[0]) * (count))

#include "rsc_table.h"

/* Lists are arrays; an element has no links. */
enum { MOST = 1000 };

struct list {
    void *items[MOST];
    int count;
};

struct idr {
    void *owners[MOST];
};

struct node {
    int unused;
};

struct rproc;

struct rproc_mem_entry {
    void *va;
    dma_addr_t dma;
    size_t len;
    u32 da;
    char name[32];
    struct node node;
    u32 rsc_offset, flags, of_resm_idx;
    int (*alloc)(struct rproc *, struct rproc_mem_entry *);
    int (*release)(struct rproc *, struct rproc_mem_entry *);
};

struct rproc_vdev;

struct rproc_vring {
    int num;
    u32 align;
    int notifyid;
    struct rproc_vdev *rvdev;
};

struct rproc_vdev {
    unsigned int id;
    struct rproc *rproc;
    struct rproc_vring vring[2];
    u32 rsc_offset, index;
};

struct rproc_vdev_data {
    u32 rsc_offset;
    unsigned int id;
    u32 index;
    struct fw_rsc_vdev *rsc;
};

struct platform_device {
    int unused;
};

struct rproc_debug_trace {
    struct rproc *rproc;
    void *tfile;
    struct node node;
    struct rproc_mem_entry trace_mem;
};

struct rproc {
    struct device dev;
    struct list carveouts, traces, mappings;
    struct idr notifyids;
    int max_notifyid, nb_vdev, num_traces;
    void *domain;
    struct resource_table *table_ptr;
    size_t table_sz;
};

typedef int (*rproc_handle_resource_t)(struct rproc *, void *, int, int);

enum { RSC_HANDLED, RSC_IGNORED };

#define list_for_each_entry(item, list, member) \
    for (int at_ = 0; at_ < (list)->count && ((item) = (list)->items[at_]); at_++)

static void rproc_add_carveout(struct rproc *rproc, struct rproc_mem_entry *mem)
{
    rproc->carveouts.items[rproc->carveouts.count++] = mem;
}

static void list_add_tail(struct node *node, struct list *list)
{
}

static int idr_alloc(struct idr *idr, void *owner, int start, int end, int flags)
{
    for (int id = start; id < MOST; id++) {
        if (!idr->owners[id]) {
            idr->owners[id] = owner;
            return id;
        }
    }
    return -ENOSPC;
}

static void idr_remove(struct idr *idr, int id)
{
    idr->owners[id] = NULL;
}

/* As a 32-bit kernel computes it (include/uapi/linux/virtio_ring.h). */
static u32 vring_size(u32 num, u32 align)
{
    u32 available = 16 * num + 2 * (3 + num);

    return ((available + align - 1) & ~(align - 1)) + 2 * 3 + 8 * num;
}

static int rproc_alloc_carveout(struct rproc *rproc, struct rproc_mem_entry *mem)
{
    return 0;
}

static int rproc_release_carveout(struct rproc *rproc, struct rproc_mem_entry *mem)
{
    return 0;
}

static void *rproc_create_trace_file(const char *name, struct rproc *rproc,
                                     struct rproc_debug_trace *trace)
{
    printf("%s: da 0x%x, 0x%zx bytes\n", name, trace->trace_mem.da, trace->trace_mem.len);
    return NULL;
}

static int iommu_map(void *domain, u32 da, u32 pa, u32 length, u32 flags, int gfp)
{
    return 0;
}

static int rproc_handle_rsc(struct rproc *rproc, u32 type, void *entry, int offset, int left)
{
    return RSC_IGNORED;
}

#include "core_rings.c"

/* What the driver rproc-virtio does at its probe, and the driver core when that fails. */
static int probe(struct rproc *rproc, struct rproc_vdev_data *data)
{
    struct rproc_vdev *vdev = calloc(1, sizeof(*vdev));
    int error = 0, at;

    vdev->rproc = rproc;
    vdev->index = data->index;
    vdev->rsc_offset = data->rsc_offset;
    for (at = 0; at < data->rsc->num_of_vrings && !error; at++)
        error = rproc_parse_vring(vdev, data->rsc, at);
    for (at = 0; at < data->rsc->num_of_vrings && !error; at++)
        error = rproc_alloc_vring(vdev, at);
    if (error == -ENOMEM)
        for (at -= 2; at >= 0; at--)
            rproc_free_vring(&vdev->vring[at]);
    return error;
}

static struct platform_device *platform_device_register_data(struct device *dev, const char *name,
                                                             int id, void *data, size_t size)
{
    static struct platform_device device;
    struct rproc *rproc = (struct rproc *)dev;
    int error = probe(rproc, data);

    if (error)
        printf("probe with driver %s failed with error %d\n", name, error);
    return &device;
}

#include "core_handlers.c"

/* The carveouts that V821's driver registers before the walk: name, address, bytes. */
static void prepare(struct rproc *rproc)
{
    static const struct {
        const char *name;
        u32 address, size;
    } regions[] = {
        {"rv_ddr_reserved", 0x41000000, 0x40000},
        {"vdev0buffer", 0x41080000, 0x8000},
        {"vdev0vring0", 0x40000000, 0x1000},
        {"vdev0vring1", 0x40008000, 0x1000},
    };

    for (size_t at = 0; at < ARRAY_SIZE(regions); at++)
        rproc_add_carveout(rproc, rproc_mem_entry_init(NULL, NULL, regions[at].address,
                                                       regions[at].size, regions[at].address,
                                                       NULL, NULL, regions[at].name));
}

static void walk(u8 *table, u32 length)
{
    struct rproc *rproc = calloc(1, sizeof(*rproc));
    struct rproc_mem_entry *mem;

    rproc->table_ptr = (struct resource_table *)table;
    rproc->table_sz = length;
    rproc->max_notifyid = -1;
    prepare(rproc);
    printf("walk %d\n", rproc_handle_resources(rproc, rproc_loading_handlers));
    printf("ids to %d, %d vdevs\n", rproc->max_notifyid, rproc->nb_vdev);
    list_for_each_entry(mem, &rproc->carveouts, node)
        printf("%s: da 0x%x, 0x%zx bytes, entry 0x%x, flags 0x%x\n", mem->name, mem->da, mem->len,
               mem->rsc_offset, mem->flags);
    for (u32 at = 0; at < length; at++)
        printf("%02x", table[at]);
    printf("\n--\n");
}

int main(void)
{
    static u8 table[1 << 16];
    u32 length;

    while (fread(&length, sizeof(length), 1, stdin) == 1) {
        memset(table, 0, sizeof(table));
        if (length > sizeof(table) / 2 || fread(table, 1, length, stdin) != length)
            return 1;
        walk(table, length);
    }
    return 0;
}
