#pragma once

#include <unisono/codec/json_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/server/inspection.hpp>

namespace unisono::inline v0 {

namespace detail {

/// Totals and rates have the same members.
template <class Traffic>
void write_traffic(json::writer& out, Traffic const& t) {
    out.object([&] {
        out.member("accepted", t.accepted)
            .member("requests", t.requests)
            .member("messages_in", t.messages_in)
            .member("publications", t.publications)
            .member("deliveries", t.deliveries)
            .member("bytes_in", t.bytes_in)
            .member("bytes_out", t.bytes_out);
    });
}

UNISONO_DECL void write_shard(json::writer& out, shard_inspection const& s) {
    out.object([&] {
        out.member("answered", s.answered)
            .member("connections", s.connections)
            .member("rooms", s.rooms)
            .member("subscribers", s.subscribers)
            .member("queued_bytes", s.queued_bytes)
            .member("answer_us", static_cast<double>(s.answer_time.count()) / 1000.0)
            .key("totals");
        write_traffic(out, s.totals);
    });
}

UNISONO_DECL void write_rooms(json::writer& out, hub_inspection const& h) {
    out.object([&] {
        out.member("count", h.rooms)
            .member("subscribers", h.subscribers)
            .member("history_messages", h.history_messages)
            .member("history_bytes", h.history_bytes)
            .key("largest")
            .array([&] {
                for (auto const& r : h.largest)
                    out.object([&] {
                        out.member("name", r.name)
                            .member("subscribers", r.subscribers)
                            .member("publications", r.publications)
                            .member("history_messages", r.history_messages)
                            .member("history_bytes", r.history_bytes);
                    });
            });
    });
}

UNISONO_DECL void write_document(json::writer& out, document_inspection const& d) {
    out.object([&] {
        out.member("name", d.name)
            .member("loading", d.loading)
            .member("clients", d.clients)
            .member("bytes", d.bytes)
            .member("unconfirmed", d.unconfirmed)
            .member("waiting", d.waiting)
            .member("log_records", d.log_records)
            .member("log_bytes", d.log_bytes)
            .member("snapshot_bytes", d.snapshot_bytes)
            .member("quarantined", d.quarantined)
            .member("stored_ago", d.stored_ago.count());
    });
}

UNISONO_DECL void write_documents(json::writer& out, documents_inspection const& documents) {
    out.object([&] {
        out.member("count", documents.documents)
            .member("clients", documents.clients)
            .member("bytes", documents.bytes)
            .member("unconfirmed", documents.unconfirmed)
            .key("largest")
            .array([&] {
                for (auto const& d : documents.largest)
                    write_document(out, d);
            });
    });
}

UNISONO_DECL void write_slow_consumer(json::writer& out, slow_consumer const& c) {
    out.object([&] {
        out.member("shard", c.shard)
            .member("id", c.id)
            .member("kind", c.kind)
            .member("peer", c.peer)
            .member("queued_bytes", c.queued_bytes)
            .member("queue_limit", c.queue_limit);
    });
}

} // namespace detail

UNISONO_DECL std::string to_json(inspection const& seen) {
    std::string text;
    json::writer out{text};
    out.object([&] {
        out.member("time", seen.time.count())
            .member("uptime", seen.uptime.count())
            .member("resident_bytes", seen.resident_bytes)
            .key("shards")
            .array([&] {
                for (auto const& s : seen.shards)
                    detail::write_shard(out, s);
            });
        out.key("connections").array([&] {
            for (auto const& [kind, count] : seen.connections)
                out.object([&, &k = kind, n = count] { out.member("kind", k).member("connections", n); });
        });
        out.key("rooms");
        detail::write_rooms(out, seen.rooms);
        out.key("documents");
        detail::write_documents(out, seen.documents);
        out.member("queued_bytes", seen.queued_bytes)
            .member("queued_p50", seen.queued_p50)
            .member("queued_p99", seen.queued_p99)
            .member("queued_max", seen.queued_max)
            .key("slowest")
            .array([&] {
                for (auto const& c : seen.slowest)
                    detail::write_slow_consumer(out, c);
            });
        out.key("totals");
        detail::write_traffic(out, seen.totals);
        out.key("rates");
        detail::write_traffic(out, seen.rates);
    });
    return text;
}

} // namespace unisono::inline v0
