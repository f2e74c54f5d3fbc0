// Taking back a reduction that was not needed: the first copies had arrived after all
// (tcp_undo_*(), tcp_try_undo_*(); RFC 4015, RFC 3522, RFC 3708).
#pragma once
#include "recovery.hpp"

namespace tcp {

// A reduction begins: from here on it can be undone.
void begin_undo(Connection&);
// The newest acknowledgement was caused by a first copy, not by a repetition.
bool first_copy_was_late(const Connection&, const AckNews&);
// The echo is older than that instant: tcp_tsopt_ecr_before().
bool echoes_earlier(const AckNews&, trace::Instant);
// `unmark`: what counted as lost is under way again.
void undo(Connection&, bool unmark, Moment&);

// All up to `high` is acknowledged. True: without SACK the phase goes on for a moment.
bool try_undo_recovery(Connection&, const AckNews&, Moment&);
// Each repetition was reported as a duplicate (D-SACK). True: it is undone.
bool try_undo_duplicates(Connection&, Moment&);
// The timeout was spurious. True: it is undone.
bool try_undo_loss(Connection&, bool by_frto, const AckNews&, Moment&);

} // namespace tcp
