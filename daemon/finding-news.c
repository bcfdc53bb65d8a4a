/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/finding-news.h"

#include <stdio.h>

#include "common/cleanup.h"
#include "common/json.h"
#include "daemon/journal.h"
#include "placement/inspection-view.h"

static json_t *build_event(json_t *finding)
{
    _cleanup_free_ char *message = NULL;
    const char *device = json_get_string(finding, "device", NULL);

    if (asprintf(&message, "%s, %s%s%s: %s", json_get_string(finding, "id", "?"),
                 json_get_string(finding, "severity", "?"), device ? ", on " : "",
                 device ? device : "", json_get_string(finding, "explanation", "")) < 0)
        message = NULL;
    return json_pack("{s:s, s:s, s:s*, s:O}", "run", "", "event", "finding", "message", message,
                     "finding", finding);
}

void finding_news_tell(Manager *manager, const json_t *before, const json_t *now)
{
    _cleanup_json_ json_t *news =
        findings_since(json_object_get(before, "findings"), json_object_get(now, "findings"));
    json_t *finding;
    size_t i;

    json_array_foreach(news, i, finding)
    {
        _cleanup_json_ json_t *event = build_event(finding);

        journal_finding(finding);
        if (event)
            jobs_tell(manager->jobs, event);
    }
}
