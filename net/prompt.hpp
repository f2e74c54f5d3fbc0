// Threads whose work is short and wants to be done at its time.
#pragma once

namespace net {

// Asks the scheduler to run the calling thread soon after it wakes; as far as this user may.
void become_prompt();

} // namespace net
