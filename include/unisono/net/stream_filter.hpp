#pragma once

#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>

#include <cstddef>
#include <memory>

namespace unisono::inline v0 {

/// What stands between a connection's handler and its socket: TLS. A state machine over bytes, without I/O
/// of its own.
///
/// The connection feeds it what the socket brought, then reads until nothing comes; it writes what the
/// handler sent, then gives the pending bytes to the socket. Any step may make pending bytes. Thread safety:
/// one thread at a time.
class stream_filter {
public:
    virtual ~stream_filter() = default;

    /// Gives it bytes from the peer. They must stay valid until read() returns 0 or an error.
    virtual void feed(bytes_view from_peer) = 0;

    /// Goes on with the handshake and fills `out` with what the peer sent, as far as that has come. 0: all
    /// bytes fed are used up. Errors: the peer breaks the protocol; only pending bytes may follow.
    virtual result<std::size_t> read(mutable_bytes out) = 0;

    /// Makes all of `plain` pending. Precondition: ready().
    virtual result<void> write(bytes_view plain) = 0;

    /// Makes our end of the stream pending (TLS: close_notify), so that the peer can tell it from a cut.
    /// Once: further calls do nothing.
    virtual void finish() = 0;

    /// The handshake is done.
    virtual bool ready() const noexcept = 0;

    /// The peer has ended its side in order.
    virtual bool peer_finished() const noexcept = 0;

    /// Bytes for the socket, in order, and letting go of the first of them.
    virtual bytes_view pending() const noexcept = 0;
    virtual void consume(std::size_t count) = 0;
};

/// Makes the filter of each connection a server accepts. Thread safety: make() from any thread.
class stream_filter_source {
public:
    virtual ~stream_filter_source() = default;

    /// Null when there is no memory for one.
    virtual std::unique_ptr<stream_filter> make() = 0;
};

} // namespace unisono::inline v0
