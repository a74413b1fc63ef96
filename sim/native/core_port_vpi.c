/* SPDX-License-Identifier: Apache-2.0
 * The core port as VPI system tasks, for simulators without DPI-C (Icarus).
 *
 * Each task takes the arguments of the C function of its name; a result goes to its last argument.
 * Unknown bits read as 0, as they do in a two-state simulator.
 */
#include <stdlib.h>
#include <vpi_user.h>

#include "core_port.h"
#include "host_memory.h"

enum { MAX_ARGUMENTS = 5 };
typedef struct {
  vpiHandle argument[MAX_ARGUMENTS];
} call_site;

/* The handles of a call site are looked up once, when the design is loaded. */
static PLI_INT32 remember_arguments(PLI_BYTE8 *unused) {
  (void)unused;
  vpiHandle call = vpi_handle(vpiSysTfCall, NULL);
  call_site *site = calloc(1, sizeof *site);
  vpiHandle arguments = vpi_iterate(vpiArgument, call), argument;
  for (int i = 0; arguments && (argument = vpi_scan(arguments)); i++)
    if (i < MAX_ARGUMENTS) site->argument[i] = argument;
  vpi_put_userdata(call, site);
  return 0;
}

static call_site *here(void) {
  return (call_site *)vpi_get_userdata(vpi_handle(vpiSysTfCall, NULL));
}

static uint32_t word(const call_site *site, int i) {
  s_vpi_value value = {.format = vpiVectorVal};
  vpi_get_value(site->argument[i], &value);
  return (uint32_t)value.value.vector[0].aval & ~(uint32_t)value.value.vector[0].bval;
}

static uint64_t longword(const call_site *site, int i) {
  s_vpi_value value = {.format = vpiVectorVal};
  vpi_get_value(site->argument[i], &value);
  uint64_t low = (uint32_t)value.value.vector[0].aval & ~(uint32_t)value.value.vector[0].bval;
  uint64_t high = (uint32_t)value.value.vector[1].aval & ~(uint32_t)value.value.vector[1].bval;
  return high << 32 | low;
}

static void give(const call_site *site, int i, uint64_t result) {
  s_vpi_vecval vector[2] = {{(PLI_INT32)(uint32_t)result, 0},
                            {(PLI_INT32)(uint32_t)(result >> 32), 0}};
  s_vpi_value value = {.format = vpiVectorVal};
  value.value.vector = vector;
  vpi_put_value(site->argument[i], &value, NULL, vpiNoDelay);
}

static void give_bit(const call_site *site, int i, int result) {
  s_vpi_value value = {.format = vpiScalarVal};
  value.value.scalar = result ? vpi1 : vpi0;
  vpi_put_value(site->argument[i], &value, NULL, vpiNoDelay);
}

#define TASK(name) static PLI_INT32 name(PLI_BYTE8 *unused)
#define SITE const call_site *s = here(); (void)unused

TASK(start) {
  SITE;
  give(s, 3, core_port_start((int)word(s, 0), longword(s, 1), word(s, 2)));
  return 0;
}
TASK(stop) { SITE; core_port_stop((int)word(s, 0), longword(s, 1)); return 0; }
TASK(lines) { SITE; core_port_lines((int)word(s, 0), longword(s, 1), (int)word(s, 2)); return 0; }
TASK(rbeat) { SITE; core_port_rbeat((int)word(s, 0), longword(s, 1)); return 0; }
TASK(wbeat) { SITE; give(s, 1, core_port_wbeat((int)word(s, 0))); return 0; }
TASK(done) {
  SITE;
  give(s, 4, core_port_done((int)word(s, 0), longword(s, 1), (int)word(s, 2), word(s, 3)));
  return 0;
}
TASK(thread) { SITE; give(s, 2, core_port_thread((int)word(s, 0), (int)word(s, 1))); return 0; }
TASK(terminal_rx) {
  SITE;
  core_port_terminal_rx((int)word(s, 0), longword(s, 1), (int)word(s, 2));
  return 0;
}
TASK(terminal_tx) {
  SITE;
  give(s, 2, (uint64_t)core_port_terminal_tx((int)word(s, 0), longword(s, 1)));
  return 0;
}

TASK(skip) {
  SITE;
  give(s, 3, core_port_skip(longword(s, 0), (int)word(s, 1), word(s, 2)));
  return 0;
}

TASK(memory_read) {
  SITE;
  unsigned long long data;
  give_bit(s, 2, host_memory_read(word(s, 0), &data));
  give(s, 1, data);
  return 0;
}
TASK(memory_write) {
  SITE;
  give_bit(s, 3, host_memory_write(word(s, 0), longword(s, 1), (int)word(s, 2)));
  return 0;
}
TASK(observed_beat) {
  SITE;
  core_port_observed_beat((int)word(s, 0), longword(s, 1), (int)word(s, 2));
  return 0;
}
TASK(observed) {
  SITE;
  core_port_observed((int)word(s, 0), longword(s, 1), longword(s, 2), (int)word(s, 3),
                     longword(s, 4));
  return 0;
}
TASK(observed_line) {
  SITE;
  core_port_observed_line((int)word(s, 0), longword(s, 1), word(s, 2), (int)word(s, 3),
                          (int)word(s, 4));
  return 0;
}

static void register_tasks(void) {
  static const struct { const char *name; PLI_INT32 (*call)(PLI_BYTE8 *); } tasks[] = {
      {"$core_port_start", start}, {"$core_port_stop", stop}, {"$core_port_lines", lines},
      {"$core_port_rbeat", rbeat}, {"$core_port_wbeat", wbeat}, {"$core_port_done", done},
      {"$core_port_thread", thread}, {"$core_port_terminal_rx", terminal_rx},
      {"$core_port_terminal_tx", terminal_tx}, {"$core_port_skip", skip},
      {"$host_memory_read", memory_read}, {"$host_memory_write", memory_write},
      {"$core_port_observed_beat", observed_beat}, {"$core_port_observed", observed},
      {"$core_port_observed_line", observed_line},
  };
  for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
    s_vpi_systf_data task = {.type = vpiSysTask, .tfname = (PLI_BYTE8 *)tasks[i].name,
                             .calltf = tasks[i].call, .compiletf = remember_arguments};
    vpi_register_systf(&task);
  }
}

void (*vlog_startup_routines[])(void) = {register_tasks, NULL};
