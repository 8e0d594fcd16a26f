/* Fault points: named places where a test can make the nth fallible call fail.
 *
 * Set ATTAIN_FAULT=name:n (or base_fault_arm()) and the nth pass of base_fault("name") returns TRUE; a name of "*"
 * counts every point. With ATTAIN_FAULT=name:n:kill the process is killed at that pass, as by `kill -9`. Costs one load
 * and a branch when unarmed. */
#pragma once

#include <glib.h>

gboolean base_fault(const char *point);
void base_fault_arm(const char *point, guint nth);
void base_fault_disarm(void);
