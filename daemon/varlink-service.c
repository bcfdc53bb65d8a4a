/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/varlink-service.h"

#include <string.h>

#include "common/json.h"
#include "daemon/interface.h"

#define SERVICE "org.varlink.service"

/* The interface of this file, as the standard gives it. */
static const char service_interface[] =
    "# The Varlink Service Interface is provided by every varlink service. It\n"
    "# describes the service and the interfaces it implements.\n"
    "interface " SERVICE "\n"
    "\n"
    "# Get a list of all the interfaces a service provides and information\n"
    "# about the implementation.\n"
    "method GetInfo() -> (\n"
    "  vendor: string,\n"
    "  product: string,\n"
    "  version: string,\n"
    "  url: string,\n"
    "  interfaces: []string\n"
    ")\n"
    "\n"
    "# Get the description of an interface that is implemented by this service.\n"
    "method GetInterfaceDescription(interface: string) -> (description: string)\n"
    "\n"
    "# The requested interface was not found.\n"
    "error InterfaceNotFound (interface: string)\n"
    "\n"
    "# The requested method was not found\n"
    "error MethodNotFound (method: string)\n"
    "\n"
    "# The interface defines the requested method, but the service does not\n"
    "# implement it.\n"
    "error MethodNotImplemented (method: string)\n"
    "\n"
    "# One of the passed parameters is invalid.\n"
    "error InvalidParameter (parameter: string)\n"
    "\n"
    "# Client is denied access\n"
    "error PermissionDenied ()\n"
    "\n"
    "# Method is expected to be called with 'more' set to true, but wasn't\n"
    "error ExpectedMore ()\n";

static const struct {
    const char *name;
    const char *description;
} interfaces[] = {
    { SERVICE, service_interface },
    { "io.xdmad", io_xdmad_interface },
};

#define N_INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))

void call_error_method_not_found(PendingCall *call)
{
    call_error(call, SERVICE ".MethodNotFound",
               json_pack("{s:s}", "method", call_words(call)->method));
}

void call_error_invalid_parameter(PendingCall *call, const char *parameter)
{
    call_error(call, SERVICE ".InvalidParameter", json_pack("{s:s}", "parameter", parameter));
}

void call_error_expected_more(PendingCall *call)
{
    call_error(call, SERVICE ".ExpectedMore", NULL);
}

static void get_info(PendingCall *call)
{
    json_t *names = json_array();

    for (size_t i = 0; i < N_INTERFACES; i++)
        json_array_append_new(names, json_string(interfaces[i].name));
    call_reply(call, json_pack("{s:s, s:s, s:s, s:s, s:o}", "vendor", "xdmad", "product", "xdmad",
                               "version", XDMAD_VERSION, "url", "", "interfaces", names));
}

static void get_interface_description(PendingCall *call)
{
    const char *name = json_get_string(call_words(call)->parameters, "interface", NULL);

    if (!name) {
        call_error_invalid_parameter(call, "interface");
        return;
    }
    for (size_t i = 0; i < N_INTERFACES; i++)
        if (strcmp(name, interfaces[i].name) == 0) {
            call_reply(call, json_pack("{s:s}", "description", interfaces[i].description));
            return;
        }
    call_error(call, SERVICE ".InterfaceNotFound", json_pack("{s:s}", "interface", name));
}

bool varlink_service_handle(PendingCall *call)
{
    const char *method = call_words(call)->method;

    if (strncmp(method, SERVICE ".", strlen(SERVICE ".")) != 0)
        return false;
    if (strcmp(method, SERVICE ".GetInfo") == 0)
        get_info(call);
    else if (strcmp(method, SERVICE ".GetInterfaceDescription") == 0)
        get_interface_description(call);
    else
        call_error_method_not_found(call);
    return true;
}
