// The life of twomsl-lab.
#pragma once

namespace net::lab {

// Arguments: the number of hosts and the pid of twomsl; the control socket is descriptor 3.
int serve(int argc, char** argv);

} // namespace net::lab
