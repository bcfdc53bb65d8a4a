/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/interface.h"

const char io_xdmad_interface[] =
#include "io.xdmad.varlink.inc"
    ;
