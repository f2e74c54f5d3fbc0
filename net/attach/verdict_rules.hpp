// What looks for each condition; see the table in verdict.cpp. Each appends what it finds.
#pragma once

#include "net/attach/verdict.hpp"

namespace net::attach {

Verdict begin(const RuleRow& rule);    // with the row's severity, lesson and remedy
std::string age_text(std::int64_t ns); // "14 s", "12 min": rounded down, for "at least"
std::string pair_text(const SocketRow& row);

// verdict_listeners.cpp
void look_for_full_queues(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_waiting_queues(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_past_overflows(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_drops(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_half_open(const Case&, const RuleRow&, std::vector<Verdict>&);
// verdict_connections.cpp
void look_for_close_waits(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_zero_windows(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_unread_data(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_retransmissions(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_unanswered_connects(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_stuck_closings(const Case&, const RuleRow&, std::vector<Verdict>&);
// verdict_leftovers.cpp
void look_for_orphans(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_used_up_ports(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_time_wait_overflows(const Case&, const RuleRow&, std::vector<Verdict>&);
void look_for_time_waits(const Case&, const RuleRow&, std::vector<Verdict>&);

} // namespace net::attach
