/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_STORE_TIME_H
#define XDMAD_DAEMON_STORE_TIME_H

#include "daemon/store.h"

/* The host's clocks as the store dates things by. */
StoreTime store_time_now(void);

#endif
