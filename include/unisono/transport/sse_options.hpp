#pragma once

#include <unisono/core/payload.hpp>

#include <chrono>

namespace unisono::inline v0 {

/// How an event stream is kept alive, and when it ends. Times are up to 24 days.
struct sse_options {
    /// A comment is sent when nothing else was for so long: proxies cut silent streams, and it finds dead
    /// peers.
    std::chrono::milliseconds heartbeat{15'000};
    /// What is sent then, encoded once for all streams; empty: a comment. Programs in a page can see an
    /// event:
    /// `*encode_sse({.event = "ping", .data = ""})`.
    payload heartbeat_block = {};
    /// The stream ends after about this time (20 % more or less, so that reconnects spread) and the client
    /// resumes on a fresh connection. 0: never.
    std::chrono::milliseconds max_age{3'600'000};
    /// How long clients wait before they reconnect after the server ended the stream.
    std::chrono::milliseconds retry{2'000};
    /// Without any progress for so long, or without a sign of life from the client's machine after a
    /// heartbeat, the client is gone.
    std::chrono::milliseconds write_timeout{30'000};
};

} // namespace unisono::inline v0
