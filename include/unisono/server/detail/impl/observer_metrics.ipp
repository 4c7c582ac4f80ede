#pragma once

#include <unisono/core/config.hpp>
#include <unisono/server/detail/gather.hpp>
#include <unisono/server/detail/observer.hpp>
#include <unisono/server/detail/resident_bytes.hpp>

#include <algorithm>
#include <array>
#include <memory>

namespace unisono::inline v0::detail {

/// A counter of a struct that every shard has, and what it is called. Rows of one metric stand together.
template <class Counters>
struct counter_row {
    std::string_view name;
    std::string_view help;
    counter Counters::*value;
    metric_label label = {}; ///< none when empty
};

inline constexpr counter_row<shard_metrics> net_rows[] = {
    {"unisono_connections_total", "TCP connections accepted.", &shard_metrics::accepted},
    {"unisono_accept_pauses_total", "Times no descriptor or memory was left to accept.",
     &shard_metrics::accept_pauses},
    {"unisono_connections_ended_total",
     "Connections ended, by reason.",
     &shard_metrics::ended_in_order,
     {"reason", "in_order"}},
    {"unisono_connections_ended_total", "", &shard_metrics::ended_by_network, {"reason", "network"}},
    {"unisono_connections_ended_total", "", &shard_metrics::ended_by_timeout, {"reason", "timed_out"}},
    {"unisono_connections_ended_total", "", &shard_metrics::ended_slow, {"reason", "slow_consumer"}},
    {"unisono_connections_ended_total", "", &shard_metrics::ended_by_us, {"reason", "aborted"}},
    {"unisono_bytes_total", "Bytes of TCP payload.", &shard_metrics::bytes_in, {"direction", "in"}},
    {"unisono_bytes_total", "", &shard_metrics::bytes_out, {"direction", "out"}},
    {"unisono_sends_refused_total", "Messages not queued because a connection's outbox was full.",
     &shard_metrics::sends_refused},
    {"unisono_messages_lost_total",
     "Messages that outboxes gave up, counted as the connection ends.",
     &shard_metrics::messages_dropped,
     {"policy", "drop"}},
    {"unisono_messages_lost_total", "", &shard_metrics::messages_conflated, {"policy", "conflate"}},
    {"unisono_http_requests_total", "HTTP requests received whole.", &shard_metrics::requests},
    {"unisono_origins_refused_total", "Requests refused because of the page they come from.",
     &shard_metrics::origins_refused},
    {"unisono_websockets_total", "WebSockets opened.", &shard_metrics::websockets_opened},
    {"unisono_websocket_handshakes_refused_total", "WebSocket handshakes refused.",
     &shard_metrics::handshakes_refused},
    {"unisono_websocket_messages_total", "WebSocket messages received.", &shard_metrics::messages_in},
    {"unisono_websocket_pings_timed_out_total", "WebSockets ended because a ping got no answer.",
     &shard_metrics::pings_timed_out},
    {"unisono_event_streams_total", "Event streams opened.", &shard_metrics::streams_opened},
    {"unisono_handler_exceptions_total", "Exceptions that left a handler.",
     &shard_metrics::handler_exceptions},
};

inline constexpr counter_row<hub_metrics> hub_rows[] = {
    {"unisono_publications_total", "Messages published to rooms.", &hub_metrics::publications},
    {"unisono_deliveries_total", "Messages delivered to subscribers of rooms.", &hub_metrics::deliveries},
    {"unisono_subscriptions_total", "Subscriptions to rooms.", &hub_metrics::subscriptions},
    {"unisono_recoveries_total",
     "Subscribers that came back, by whether they got all they missed.",
     &hub_metrics::recovered,
     {"outcome", "recovered"}},
    {"unisono_recoveries_total", "", &hub_metrics::not_recovered, {"outcome", "lost"}},
};

struct codes_row {
    std::string_view name;
    std::string_view help;
    code_counters shard_metrics::*codes;
};

inline constexpr codes_row code_rows[] = {
    {"unisono_http_responses_total", "HTTP responses by status; streams are not among them.",
     &shard_metrics::responses},
    {"unisono_http_refused_requests_total", "Requests that broke the rules or a limit, by status.",
     &shard_metrics::refused_requests},
    {"unisono_websocket_closes_total", "WebSockets closed, by close code.", &shard_metrics::websocket_closes},
};

template <class Counters, std::size_t count, class Sum>
void show_rows(counter_row<Counters> const (&rows)[count], metric_visitor& to, Sum&& sum) {
    for (auto const& row : rows) {
        metric_labels const labels = row.label.name.empty() ? metric_labels{} : metric_labels{&row.label, 1};
        to.value({row.name, row.help, metric_type::counter}, labels, static_cast<double>(sum(row.value)));
    }
}

UNISONO_DECL void show_codes(std::map<std::uint16_t, std::uint64_t> const& counts, std::uint64_t others,
                             codes_row const& row, metric_visitor& to) {
    metric const what{row.name, row.help, metric_type::counter};
    for (auto const& [code, count] : counts) {
        auto const text = std::to_string(code);
        metric_label const label{"code", text};
        to.value(what, {&label, 1}, static_cast<double>(count));
    }
    metric_label const label{"code", "other"};
    to.value(what, {&label, 1}, static_cast<double>(others));
}

/// One histogram of every shard, added up.
template <class HistogramOf>
void show_histogram(std::size_t shards, HistogramOf&& of, metric const& what, metric_visitor& to) {
    std::array<std::uint64_t, duration_histogram::bounds.size() + 1> counts{};
    double sum = 0;
    for (std::size_t i = 0; i < shards; ++i) {
        duration_histogram const& h = of(i);
        for (std::size_t b = 0; b < counts.size(); ++b)
            counts[b] += h.count(b);
        sum += std::chrono::duration<double>(h.sum()).count();
    }
    to.distribution(what, {}, counts, sum);
}

template <class Value>
std::uint64_t observer::sum(Value&& value) const {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < shards_.size(); ++i)
        total += value(i);
    return total;
}

UNISONO_DECL void observer::show_counters(metric_visitor& to) const {
    auto const net = [this](std::size_t i) -> shard_metrics const& { return shards_[i].metrics(); };
    show_rows(net_rows, to, [&](auto row) { return sum([&](auto i) { return (net(i).*row).value(); }); });
    for (auto const& row : code_rows) {
        std::map<std::uint16_t, std::uint64_t> counts;
        for (std::size_t i = 0; i < shards_.size(); ++i)
            (net(i).*row.codes).for_each([&](auto code, auto count) { counts[code] += count; });
        show_codes(counts, sum([&](auto i) { return (net(i).*row.codes).others(); }), row, to);
    }
    show_rows(hub_rows, to,
              [&](auto row) { return sum([&](auto i) { return (rooms_.metrics(i).*row).value(); }); });
    show_histogram(
        shards_.size(), [&](auto i) -> auto const& { return net(i).loop_lag; },
        {"unisono_event_loop_lag_seconds", "How late timers of the event loops fire.",
         metric_type::histogram},
        to);
    show_histogram(
        shards_.size(), [&](auto i) -> auto const& { return rooms_.metrics(i).broadcast; },
        {"unisono_broadcast_seconds", "Queueing one message for 16 or more subscribers of a shard.",
         metric_type::histogram},
        to);
}

UNISONO_DECL void observer::show_states(surveys const& all, metric_visitor& to) const {
    std::map<std::string_view, std::size_t> kinds{{"http", 0}, {"sse", 0}, {"websocket", 0}};
    hub_inspection rooms;
    documents_inspection documents;
    std::size_t queued = 0;
    std::size_t largest = 0;
    std::size_t stuck = 0;
    for (auto const& s : all) {
        if (!s) {
            ++stuck;
            continue;
        }
        for (auto const& [kind, count] : s->kinds)
            kinds[kind] += count;
        for (auto const bytes : s->queues) {
            queued += bytes;
            largest = std::max(largest, bytes);
        }
        documents.add(s->documents);
        rooms.add(s->rooms);
    }
    auto const show = [&](std::string_view name, std::string_view help, std::size_t number) {
        to.value({name, help, metric_type::gauge}, {}, static_cast<double>(number));
    };
    for (auto const& [kind, count] : kinds) {
        metric_label const label{"kind", kind};
        to.value({"unisono_connections", "Open connections by what is spoken on them.", metric_type::gauge},
                 {&label, 1}, static_cast<double>(count));
    }
    show("unisono_rooms", "Rooms with subscribers or history.", rooms.rooms);
    show("unisono_subscriptions", "Subscribers of all rooms.", rooms.subscribers);
    show("unisono_history_bytes", "Message data kept for those who come back.", rooms.history_bytes);
    show("unisono_documents", "Documents in memory.", documents.documents);
    show("unisono_document_clients", "Clients of all documents.", documents.clients);
    show("unisono_document_bytes", "Memory of all documents, roughly.", documents.bytes);
    show("unisono_document_unconfirmed_changes", "Changes that are being stored.", documents.unconfirmed);
    show("unisono_queued_bytes", "Bytes waiting to be written, all connections.", queued);
    show("unisono_queued_bytes_max", "Bytes waiting to be written, the connection with most.", largest);
    show("unisono_event_loops", "Event loops.", all.size());
    show("unisono_event_loops_stuck", "Event loops that did not answer within a second.", stuck);
    show("unisono_resident_memory_bytes", "Memory of the process.", resident_bytes());
}

UNISONO_DECL void observer::visit_metrics(std::size_t at, metric_visitor& to, std::function<void()> done) {
    gather<shard_survey>(
        shards_, at, [this](std::size_t index) { return survey(index, 0); },
        [this, &to, done = std::move(done)](surveys const& all) {
            show_counters(to);
            show_states(all, to);
            done();
        });
}

} // namespace unisono::inline v0::detail
