/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_FINDING_NEWS_H
#define XDMAD_DAEMON_FINDING_NEWS_H

#include "daemon/manager.h"

/* Tell what an inspection has found and the one before it had not (NULL: all of it is new) to the
 * journal and to whoever watches every run: an event "finding" of no run. Both are borrowed. */
void finding_news_tell(Manager *manager, const json_t *before, const json_t *now);

#endif
