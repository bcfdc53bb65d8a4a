/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/self-look.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/look.h"

static void looked(Manager *manager, PendingCall *call, json_t *inspection, const char *failure)
{
    (void)manager;
    (void)call;
    (void)inspection; /* manager_see() has it */
    if (failure)
        log_warning("this host could not be looked at: %s", failure);
}

static int on_round(sd_event_source *source, void *userdata)
{
    Manager *manager = userdata;

    sd_event_source_disable_unref(source);
    manager->self_look = NULL;
    if (!jobs_running(manager->jobs))
        look(manager, NULL, &(LookSpec) { .done = looked });
    return 0;
}

void self_look_soon(Manager *manager)
{
    int r;

    if (manager->self_look)
        return;
    r = sd_event_add_defer(manager->event, &manager->self_look, on_round, manager);
    if (r < 0)
        log_warning("this host could not be looked at: %s", strerror(-r));
}
