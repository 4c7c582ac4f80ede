#pragma once

#include <unisono/core/executor.hpp>
#include <unisono/core/result.hpp>
#include <unisono/hub/hub.hpp>
#include <unisono/transport/generation_options.hpp>
#include <unisono/transport/http_exchange.hpp>
#include <unisono/transport/sse_stream.hpp>
#include <unisono/wire/sse_event.hpp>

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string_view>

namespace unisono::inline v0 {

namespace detail {
class generation_state;
class generation_registry;
} // namespace detail

/// The producer's side of an answer that lives on its own: viewers come, go and come back.
///
/// A handle that may be copied; when the last copy goes the answer ends. Must not outlive the server. Thread
/// safety: any thread; events of one thread stay in order.
class generation {
public:
    /// Appends an event; its id is given here, one that it brings is left out. Never waits: nobody may be
    /// there to read, and what no longer fits is forgotten, oldest first. `closed` once the answer has ended.
    /// Errors: as encode_sse(); wire_error::forbidden_character for an event without data.
    result<send_status> write(sse_event const& event) const;

    /// The answer is complete: viewers' streams end once they have it all.
    void finish() const;

    /// Stops when the answer was cancelled.
    std::stop_token stop_token() const noexcept;

    executor& home() const noexcept; ///< where the answer lives

private:
    friend class generations;
    struct producer;
    explicit generation(std::shared_ptr<detail::generation_state> s);

    std::shared_ptr<producer const> producer_;
};

/// Answers under way, by key. Each outlives the connections of those who read it: who reloads a page resumes
/// the same answer, and many may watch it, on whatever shard.
///
/// A key belongs to an owner, usually the user's id. To anybody else an answer does not exist. Thread safety:
/// any thread, except where a member says otherwise. Must not outlive the hub's shards.
class generations {
public:
    /// On the same shards as `rooms`, otherwise apart from it: no client reaches an answer by subscribing.
    explicit generations(hub const& rooms, generation_options options = {});
    ~generations();
    generations(generations const&) = delete;
    generations& operator=(generations const&) = delete;

    /// Begins an answer. Errors: std::errc::file_exists while one with this key is kept,
    /// std::errc::device_or_resource_busy when as many are running as may be kept.
    result<generation> start(std::string_view key, std::string_view owner);

    /// Answers a request with the stream of an answer: from the beginning, behind Last-Event-ID, or behind
    /// the first `from` events (a query parameter). What is no longer kept is told by `event: reset` before
    /// the rest. 404 for unknown keys and other people's; 204, at which EventSource stops, for somebody who
    /// has it all.
    ///
    /// `where` is the index of the exchange's shard. On that shard.
    void view(http_exchange const& exchange, std::size_t where, std::string_view key,
              std::string_view owner) const;

    /// Ends an answer at its owner's wish: viewers get `last`, their streams end, the producer is stopped and
    /// what it still writes is dropped. False when it is not running, or not theirs.
    bool cancel(std::string_view key, std::string_view owner, sse_event const& last = {});

    std::size_t running() const;

private:
    std::unique_ptr<detail::generation_registry> registry_;
};

} // namespace unisono::inline v0

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/transport/impl/generation.ipp>
#endif
