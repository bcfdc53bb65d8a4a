/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef XDMAD_DAEMON_DIRECTORIES_H
#define XDMAD_DAEMON_DIRECTORIES_H
/*
 * Where the daemon keeps things: state survives a reboot, runtime is memory and does not.
 */

#include <stdbool.h>

/*
 * Choose both and make them. In this order: the option (NULL: not given); XDMAD_STATE_DIRECTORY and
 * XDMAD_RUNTIME_DIRECTORY; what systemd set (STATE_DIRECTORY, RUNTIME_DIRECTORY; systemd.exec(5));
 * /var/lib/xdmad and /run/xdmad; when private, a runtime directory of its own below /run or
 * XDG_RUNTIME_DIR, or within the state directory where there is neither.
 * A directory that cannot be made is said and left so: who needs it will say what fails.
 * 0, *ret_state and *ret_runtime (owned, absolute), or -EINVAL for a relative path, -ENOMEM.
 */
int directories_prepare(const char *state_option, const char *runtime_option, bool private_,
                        char **ret_state, char **ret_runtime);

#endif
