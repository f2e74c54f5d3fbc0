// The marks on segments under way: arrived (SACK), lost, sent again; tcp_sacktag_write_queue(),
// tcp_clean_rtx_queue().
#pragma once
#include "moment.hpp"
#include "recovery.hpp"

namespace tcp {

// One past the highest byte told by SACK; snd.una if there is none.
Seq highest_sacked(const Connection&);
// Whether the segment, or any, was sent again and is still outstanding: tcp_any_retrans_done().
bool anything_repeated(const Connection&);
void mark_lost(Connection&, Sent&, Moment&);
void unmark_lost(Connection&);
// Takes the marks of a segment that comes to the list, or leaves it, into the counts or out of
// them.
void count(Connection&, const Sent&);
void uncount(Connection&, const Sent&);
bool ends_with_fin(const Connection&, const Sent&);
std::uint32_t payload(const Connection&, const Sent&); // bytes, without the FIN
// The buffer that begins at `at` is cut anew into segments of at most `mss` bytes:
// tcp_set_skb_tso_segs(). How many segments fewer that is.
std::uint32_t cut_anew(Connection&, std::size_t at, std::uint32_t mss);

void take_sacks(Connection&, const trace::Segment&, Seq una_before, AckNews&, Moment&);
// What is acknowledged leaves the list; `fack` is highest_sacked() before this acknowledgement.
void take_acknowledged(Connection&, Seq fack, AckNews&, Moment&);
// Duplicate ACKs stand in for SACK: tcp_add_reno_sack().
void count_duplicate(Connection&, std::uint32_t duplicates, const Stack&);
// No more of them than segments that can have arrived: tcp_limit_reno_sacked().
void limit_duplicates(Connection&);
void forget_duplicates(Connection&);
// Something below `low` arrived late: tcp_check_sack_reordering().
void note_reordering(Connection&, Seq low, const Stack&);

} // namespace tcp
