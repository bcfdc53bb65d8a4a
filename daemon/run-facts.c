/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/run-facts.h"

#include "bench/proof.h"
#include "common/json.h"

/* What proofs rest on. A new reference. */
static json_t *build_trace(const TraceSession *trace, const char *no_trace)
{
    unsigned kinds = trace ? trace_kinds(trace) : 0;

    if (!trace)
        return json_pack("s+", "none: ", no_trace);
    return json_pack(
        "s++++",
        proof_source_name(kinds & TRACE_MAPPINGS ? PROOF_SOURCE_MAPPINGS : PROOF_SOURCE_BOUNCES),
        " by ", trace_source(trace), kinds & TRACE_ADDRESSES ? ", swiotlb_tbl_map_single" : "",
        kinds & TRACE_UNMAPS ? ", dma_unmap_sg_attrs" : "");
}

json_t *run_environment_build(const HostFacts *facts, const char *fio_version,
                              const TraceSession *trace, const char *no_trace)
{
    json_t *environment = json_copy(facts->environment);

    if (fio_version)
        json_object_set_new(environment, "fio", json_string(fio_version));
    json_object_set_new(environment, "trace", build_trace(trace, no_trace));
    json_object_set_new(environment, "xdmad", json_string(XDMAD_VERSION));
    return environment;
}

json_t *run_target_build(const Target *target, const StorageDevice *device)
{
    json_t *json = target_to_json(target);
    const char *cid = json_get_string(device->card, "cid", NULL);

    json_object_set_new(json, "device", json_string(device->name));
    if (cid)
        json_object_set_new(json, "cid", json_string(cid));
    return json;
}
