/* SPDX-License-Identifier: Apache-2.0
 * The record stream between the parts of the core port: who writes it, and in which order.
 *
 * Within a clock what the observers saw comes first, in the order of their channels; then what the
 * harts did, in the order of the calls. A simulator may run observers and harts in any order: the
 * records of a clock stay in the buffer until the next one begins.
 */
#ifndef AMPSIM_CORE_RECORDS_H
#define AMPSIM_CORE_RECORDS_H

#include "core_port.h"

void core_records_to(core_records_hook hook); /* NULL: nothing is recorded */
int core_records_wanted(void);                /* whether what is observed now is recorded */
void core_records_begin_clock(uint64_t clock);
void core_records_append(const core_record *record, const void *payload, size_t bytes);
void core_records_insert(const core_record *record, const void *payload, size_t bytes);
void core_records_end(void);                  /* with the clock under way */

void core_observer_settle(void);              /* inserts what was observed in this clock */

#endif
