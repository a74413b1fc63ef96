/* SPDX-License-Identifier: Apache-2.0
 * Runs the kernel's own ELF loader over files from stdin (length, bytes) and prints what it says.
 *
 * A file lies in the middle of zeros, as the model reads what is behind its end; where the loader
 * follows a wild pointer out of these, the answer is "wild". "--" ends each answer. */
#define _GNU_SOURCE
#include "kernel_shim.h"

#include "remoteproc_elf_helpers.h"
#include "remoteproc_elf_loader.c"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#define CARVEOUT 0x41000000u
#define CARVEOUT_SIZE 0x40000u
#define ROOM ((size_t)256 << 20)
#define LARGEST ((size_t)1 << 20)

static char answer[1 << 16];
static u8 carveout[CARVEOUT_SIZE];
static sigjmp_buf wild;

void say(const char *format, ...)
{
    size_t used = strlen(answer);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(answer + used, sizeof(answer) - used, format, arguments);
    va_end(arguments);
}

/* One mapped carveout, found as the core finds it. */
void *rproc_da_to_va(struct rproc *rproc, u64 da, size_t length, bool *is_iomem)
{
    int offset = (int)(da - CARVEOUT);

    return offset < 0 || offset + length > CARVEOUT_SIZE ? NULL : carveout + offset;
}

static void on_fault(int number)
{
    siglongjmp(wild, number);
}

static void load(const struct firmware *firmware)
{
    struct rproc rproc = {.firmware = "firmware"};
    int error = rproc_elf_sanity_check(&rproc, firmware);

    say("check %d\n", error);
    if (error)
        return;
    say("boot 0x%llx\n", (unsigned long long)rproc_elf_get_boot_addr(&rproc, firmware));
    error = rproc_elf_load_rsc_table(&rproc, firmware);
    say("table %d, %zu bytes\n", error, rproc.table_sz);
    say("load %d\n", rproc_elf_load_segments(&rproc, firmware));
}

int main(void)
{
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
    u8 *room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    u8 *file = room + ROOM / 4;
    u32 length;

    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    while (fread(&length, sizeof(length), 1, stdin) == 1) {
        struct firmware firmware = {length, file};

        memset(file, 0, LARGEST);
        if (length > LARGEST || fread(file, 1, length, stdin) != length)
            return 1;
        answer[0] = '\0';
        if (sigsetjmp(wild, 1))
            strcpy(answer, "wild\n");
        else
            load(&firmware);
        printf("%s--\n", answer);
    }
    return 0;
}
